import { describe, expect, it } from "vitest";
import { runCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };
// Nobody listens there: should a check be missing, no call leaves this machine.
const ENV = { ...KEYS, ALIBABA_CLOUD_ENDPOINT: "http://127.0.0.1:1" };

const run = commandLines();

describe("usage errors", () => {
  it.each([
    [[], /no task id given/],
    [[""], /taskId must not be empty/],
    [["   "], /taskId must not be empty/],
    [["../service/close"], /taskId must be letters.*"\.\.\/service\/close"/],
    [["t-1?x=1"], /"t-1\?x=1"/],
    [["t-1\n"], /taskId must be letters/],
    [["t-1", "t".repeat(129)], /at most 128 characters/],
    [["lsit"], /"lsit" is no command; did you mean list\?/],
    [["wiat", "t-1"], /"wiat" is no command; did you mean wait\?.*: taskwait wait wiat t-1/],
    [["abc", "--timeout", "5m", "-q"], /If it is a task: taskwait wait abc --timeout 5m --quiet$/m],
    [["t-1", "--quiet=yes"], /^taskwait: --quiet takes no value$/m],
    [["t-1", "-q=yes"], /^taskwait: a flag of one letter that takes no value was given one with =$/m],
    [["apis", "foo"], /^taskwait: unknown command 'foo'; there are list, show, check, try$/m],
    [["apis", "list", "foo"], /^taskwait: too many arguments for 'list'/],
    [["start", "foo"], /^taskwait: unknown command 'foo'; there are update-resources, check-rules$/m],
    [["t-1", "--set"], /'--set <name=value>' argument missing/],
    [["t-1", "--endpoint", "http://example.com"], /loopback or --insecure is given/],
    [["t-1", "--endpoint", "x.com", "--vpc"], /--endpoint and --vpc must not be given together/],
    [["-", "-"], /only once/],
    [["-"], /holds no task id/],
    [["t-1", "--timeout", "soon"], /--timeout must be a duration.*"soon"/],
    [["t-1", "--timeout", "-1"], /--timeout must be a duration.*"-1"/],
    [["t-1", "--wait-price", "0"], /--wait-price must be.*more than 0/],
    [["t-1", "--min-interval", "2m", "--max-interval", "1m"], /--min-interval.*--max-interval/],
    [["t-1", "--rate", "fast"], /--rate must be calls per second.*"fast"/],
    [["t-1", "--rate", "0/s"], /--rate must be/],
    [["t-1", "--output", "xml"], /--output <form>.*xml.*text, json, jsonl/],
    [["t-1", "--colour"], /unknown option '--colour'/],
    [["t-1", "--timeout"], /argument missing/],
    [["t-1", "--endpoint", "ftp://x"], /endpoint must be/],
    [["t-1", "--endpoint", "http://example.com"], /must be https/],
    [["t-1", "--resume", "/no/such/file"], /--resume: .*ENOENT/],
    [["t-1", "--checkpoint", "/no/such/dir/file"], /--checkpoint: .*ENOENT/],
    [["start", "check-rules"], /--resource-arn/],
    [["list", "--limit", "0"], /--limit must be/],
    [["emulate", "--port", "x"], /--port must be a number/],
    [["emulate", "--fault", "nonsense"], /fault/],
    [["completion", "tcsh"], /bash, zsh, fish/],
    [["describe"], /missing required argument/],
    [["describe", "a/b"], /taskId must be letters/],
  ])("%j exits 2 with one plain line on standard error", async (args, message) => {
    const { code, stdout, stderr } = await run(args as string[], ENV);

    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^taskwait: /);
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it.each<[string[], Record<string, string>?]>([
    [["t-1", "--x\u001b[31m"]],
    [["start", "\u001b[31m"]],
    [["apis", "\u001b[31m"]],
    [["\u001b[31m"]],
    [["t-1", "--output", "\u001b[31m"]],
    [["t-1", "--api", "\u001b[31m"]],
    [["ros-stack:1", "--set", "\u001b[31m=1"]],
    [["t-1", "--checkpoint", "/no/\u001b[31m"]],
    [["t-1"], { TASKWAIT_OUTPUT: "\u001b[31m" }],
    [["t-1"], { TASKWAIT_TIMEOUT: "\u001b[31m" }],
  ])("%j %j: control characters of the command line are not obeyed", async (args, env) => {
    const { code, stderr } = await run(args, { ...ENV, ...env });

    expect(stderr).toMatch(/^taskwait: .*\n$/);
    expect(stderr).not.toContain("\u001b");
    expect(code).toBe(2);
  });

  it.each([
    [["t-1", "--access-key-id", "LTAI-leak"]],
    [["t-1", "--access-key-id=LTAI-leak"]],
    [["t-1", "--access-key-secret", "LTAI-leak"]],
    [["t-1", "--access-key-secret=LTAI-leak"]],
    [["list", "--sts-token", "LTAI-leak"]],
    [["start", "update-resources", "--security-token=LTAI-leak"]],
    [["t-1", "--bearer-token", "LTAI-leak"]],
    [["t-1", "--access-key-secret"]],
    [["t-1", "--secret=LTAI-leak"]],
  ])("%j: a secret on the command line is refused and not repeated", async (args) => {
    const { code, stdout, stderr } = await run(args, ENV);

    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain("LTAI-leak");
    expect(stderr).toMatch(/ALIBABA_CLOUD_ACCESS_KEY_ID|unknown option/);
  });
});

describe("--api", () => {
  it("makes any word an id, and the line that goes on keeps ids that begin with - apart", async () => {
    const line = [
      "--api",
      "dashscope",
      "--timeout",
      "0",
      "--endpoint",
      "http://127.0.0.1:1",
      "--",
      "abc",
      "-x",
    ];
    const { code, stderr } = await run(line, { DASHSCOPE_API_KEY: "k" });

    expect(stderr).not.toMatch(/is no command/);
    expect(stderr).toMatch(/To go on waiting:\n {2}taskwait wait --timeout 0 .*-- abc -x$/m);
    expect(code).toBe(124);
  });
});

it("what to do without credentials is said in flags and variables", async () => {
  for (const args of [["t-1"], ["describe", "t-1"], ["whoami"], ["start", "update-resources"]]) {
    const { code, stderr } = await run(args, {});

    expect(stderr).toMatch(/no credentials: use --profile, or set ALIBABA_CLOUD_ACCESS_KEY_ID and/);
    expect(stderr).not.toMatch(/accessKeyId|bearerToken/);
    expect(code).toBe(7);
  }
});

describe("--region", () => {
  it("is checked before it becomes part of a host name", async () => {
    const { code, stderr } = await run(["t-1", "--region", "evil.example/"], KEYS);

    expect(stderr).toMatch(/^taskwait: --region must be a region such as .*"evil.example\/"/);
    expect(code).toBe(2);
  });
});

describe("help and version", () => {
  it("--version prints the version alone", async () => {
    expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: "0.1.0\n", stderr: "" });
    expect(await runCli(["-V"])).toMatchObject({ code: 0, stdout: "0.1.0\n" });
  });

  it.each([
    [["--help"], /Exit codes:/],
    [["wait", "--help"], /--not-found-grace/],
    [["help", "wait"], /--timeout/],
    [["start", "--help"], /check-rules/],
    [["start", "check-rules", "--help"], /--rule-id/],
    [["list", "--help"], /--status/],
    [["emulate", "--help"], /--qps/],
    [["demo", "--help"], /demo/],
  ])("%j prints help with examples on standard output and exits 0", async (args, pattern) => {
    const { code, stdout, stderr } = await run(args);

    expect(stdout).toMatch(pattern);
    expect(stdout).not.toMatch(/access-key/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
