const EXIT_CODES = `
Exit codes:
  0  every task COMPLETE      5  could not find out (no usable answer)
  1  a task FAILED            6  no such task
  2  usage error              7  credentials or permission
  3  a task EXPIRED           8  --exec failed, and every task is COMPLETE
  4  a task CANCELED        124  timed out: the task may still be running
                           130  interrupted (129: hung up, 143: terminated)`;

/** What stands below the options in `--help`, by command. */
export const HELP_EXAMPLES: Readonly<Record<string, string>> = {
  "": `
Examples:
  taskwait t-0000e4w0u1v592zdf6s7            wait for a task, with a live row on a terminal
  taskwait start update-resources            start a task and wait for it
  taskwait demo                              see it work, without an account

  taskwait help wait                         all options of a wait
${EXIT_CODES}`,
  wait: `
Examples:
  taskwait t-1 t-2 --timeout 30m             wait for both, half an hour at most
  taskwait t-1 --output json                 one JSON object at the end
  taskwait t-1 --output jsonl                every event as a line of JSON
  taskwait --any t-1 t-2                     until the first completes
  taskwait - --fail-fast < ids.txt           ids from a file; the first failure ends the wait
  taskwait wait --all --type CHECK_RULES     all that a listing shows, until they have ended
  taskwait t-1 --query 'resourceCounts[0]'   one field of the result
  taskwait t-1 --timeout 0                   ask once: 0 if it is COMPLETE, 124 if it still runs
  taskwait t-1 --exec 'mail -s "$TASKWAIT_ID" me'   a command after each task
  taskwait t-1 --notify https://hooks.example.com   a signed event to a receiver
  taskwait t-1 --checkpoint wait.json        and later: taskwait wait --resume wait.json

Durations: 500ms, 90s, 10m, 1h30m, 2d.
TASKWAIT_TIMEOUT=1h is the default of --timeout, and so on for every flag.
${EXIT_CODES}`,
  start: `
Examples:
  taskwait start update-resources
  taskwait start update-resources --state nightly.json     the same line twice is one task
  taskwait start check-rules --resource-arn acs:ecs:123:cn-shanghai:instance/i-001`,
  "start update-resources": `
Examples:
  taskwait start update-resources --resource-type ACS::ECS::Instance
  id=$(taskwait start update-resources --no-wait) && taskwait "$id"`,
  "start check-rules": `
Examples:
  taskwait start check-rules --resource-arn acs:ecs:123:cn-shanghai:instance/i-001
  taskwait start check-rules --resource-arn ARN --rule-id rule-000dav --output json`,
  list: `
Examples:
  taskwait list --status RUNNING
  taskwait list --output jsonl | jq -r 'select(.taskStatus == "FAILED") | .taskId'`,
  describe: `
Example:
  taskwait describe t-0000e4w0u1v592zdf6s7 --output json`,
  emulate: `
Examples:
  taskwait emulate -- taskwait start update-resources
  taskwait emulate                           serves until Ctrl-C; prints the variables to set elsewhere
  taskwait emulate --api dashscope --api ./video.json --scenario tasks.json
  taskwait emulate --port 8780 --qps 20 --retry-after --fault reset=0.02,latency=50..300`,
  completion: `
Examples:
  source <(taskwait completion bash)
  taskwait completion zsh > "\${fpath[1]}/_taskwait"
  taskwait completion fish > ~/.config/fish/completions/taskwait.fish`,
  whoami: `
Example:
  taskwait whoami --profile staging`,
};
