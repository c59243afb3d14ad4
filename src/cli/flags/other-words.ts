// What other commands call it: of cloud providers, of Kubernetes and GitHub, of scripts that loop.

const TIMEOUT = "--timeout says how long to wait";
const INTERVAL = "--interval, or --min-interval and --max-interval, say how often to ask";
const ATTEMPTS = "--timeout bounds a wait; --attempts of taskwait start starts a task again";
const WAITS = "taskwait waits and shows by itself: taskwait <id...>";
const NOTIFY = "--notify URL posts an event";
const QUERY = "--query takes a JMESPath expression";

const FLAGS: ReadonlyMap<string, string> = new Map([
  ["--wait-timeout", TIMEOUT],
  ["--max-wait", TIMEOUT],
  ["--max-wait-time", TIMEOUT],
  ["--wait-time", TIMEOUT],
  ["--max-time", TIMEOUT],
  ["--deadline", TIMEOUT],
  ["--poll-interval", INTERVAL],
  ["--polling-interval", INTERVAL],
  ["--wait-interval", INTERVAL],
  ["--delay", INTERVAL],
  ["--sleep", INTERVAL],
  ["--min-delay", INTERVAL],
  ["--max-delay", INTERVAL],
  ["--max-attempts", ATTEMPTS],
  ["--max-retries", ATTEMPTS],
  ["--retries", ATTEMPTS],
  ["--retry", ATTEMPTS],
  ["--wait", WAITS],
  ["--watch", WAITS],
  ["--follow", WAITS],
  ["--waiter", WAITS],
  ["--wait-for", "--until says which words of a declared API are success"],
  ["--for", "--until says which words of a declared API are success"],
  ["--task-id", "ids are arguments: taskwait <id...>"],
  ["--id", "ids are arguments: taskwait <id...>"],
  ["--exit-status", "the exit code always tells how the tasks ended"],
  ["--concurrency", "all tasks are waited for at once; --rate bounds the calls"],
  ["--parallel", "all tasks are waited for at once; --rate bounds the calls"],
  ["--webhook", NOTIFY],
  ["--webhook-url", NOTIFY],
  ["--callback", NOTIFY],
  ["--callback-url", NOTIFY],
  ["--notify-command", "--exec runs a command after each task"],
  ["--on-complete", "--exec runs a command after each task"],
  ["--hook", "--exec runs a command after each task"],
  ["--cli-query", QUERY],
  ["--jmespath", QUERY],
  ["--jq", QUERY],
  ["--format", "--output says in which form to print"],
  ["--region-id", "--region names the region"],
  ["--RegionId", "--region names the region"],
  ["--state-file", "--state of taskwait start, or --checkpoint and --resume of a wait"],
  ["--debug", "--verbose prints a line per call"],
  ["--silent", "--quiet prints only results and errors"],
  ["--no-color", "--color never"],
  ["--colour", "--color"],
]);

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ["watch", WAITS],
  ["poll", WAITS],
  ["follow", WAITS],
  ["await", WAITS],
  ["status", "taskwait describe <id> shows a task as it is now"],
  ["show", "taskwait describe <id> shows a task as it is now"],
  ["get", "taskwait describe <id> shows a task as it is now"],
  ["ls", "taskwait list"],
  ["ps", "taskwait list --status RUNNING"],
  ["run", "taskwait start"],
  ["create", "taskwait start"],
  ["resume", "taskwait wait --resume FILE"],
  ["cancel", "the API has no call that cancels a task"],
  ["stop", "the API has no call that cancels a task"],
]);

/** What a flag of other commands is called here, if it is known. */
export function hintForFlag(flag: string): string | undefined {
  return FLAGS.get(flag);
}

/** What a command of others is called here, if it is known. */
export function hintForCommand(word: string): string | undefined {
  return COMMANDS.get(word.toLowerCase());
}

const UNKNOWN = /^(taskwait: unknown option '(--[\w-]+)[^']*')(?:\n\(Did you mean .*\))?/;

/** A message of commander about an unknown flag, with what it is called here. */
export function withHint(message: string): string {
  const [whole, unknown, flag = ""] = UNKNOWN.exec(message) ?? [];
  const hint = hintForFlag(flag);
  return whole === undefined || hint === undefined
    ? message
    : `${unknown}; here: ${hint}${message.slice(whole.length)}`;
}
