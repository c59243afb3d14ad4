import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { waitEventRecordSchema } from "../../src/index.ts";
import { runCli, startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { startShell } from "./harness/shell.ts";

const HOSTILE_NAME = "\u001b]0;owned\u0007\u001b[2J\u202eevil";
// Anything but a line feed that a terminal might obey.
const CONTROLS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

let emulator: Emulator;

beforeAll(async () => {
  const running = { durationMs: 3_600_000, progress: "linear" } as const;
  emulator = await startEmulator({
    tasks: [
      {
        taskId: "t-complete",
        durationMs: 700,
        result: { resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }] },
      },
      { taskId: "t-failed", durationMs: 300, status: "FAILED", errorMessage: "device not online" },
      { taskId: "t-expired", durationMs: 300, status: "EXPIRED" },
      { taskId: "t-canceled", durationMs: 300, status: "CANCELED" },
      { taskId: "t-running", ...running },
      { taskId: "t-running-2", ...running },
      { taskId: "t-hostile", taskName: HOSTILE_NAME, durationMs: 300, result: `{"a":"\u009b2J\u2028"}` },
      { taskId: "t-garbled", durationMs: 300, result: "no\u001b[2J JSON" },
      { taskId: "t-hostile-failed", durationMs: 300, status: "FAILED", errorMessage: HOSTILE_NAME },
    ],
  });
});

afterAll(async () => {
  await emulator.stop();
});

const runLine = commandLines();
const run = (args: readonly string[]) => runLine(args, emulator.env);

describe("taskwait <id...>", () => {
  it("prints one line with the result on standard output, changes on standard error, and exits 0", async () => {
    const result = { resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }] };
    const { taskId } = emulator.world.addTask({ durationMs: 3_600_000, progress: "linear", result });
    const cli = startCli([taskId], emulator.env);
    await cli.until(/RUNNING/);
    emulator.world.end(taskId, "COMPLETE");
    const { code, stdout, stderr } = await cli.done;

    expect(stdout).toBe(`${taskId} COMPLETE ${JSON.stringify(result)}\n`);
    expect(stderr).toMatch(
      /^t-\w+ \(task t-\w+\) RUNNING \d+(\.\d)?% after .*\n(.*\n)*t-\w+ .*COMPLETE 100% after .*\n$/,
    );
    expect(code).toBe(0);
  });

  it.each([
    [1, "t-failed", 't-failed FAILED "device not online"\n', /device not online/],
    [3, "t-expired", "t-expired EXPIRED\n", /expired/],
    [4, "t-canceled", "t-canceled CANCELED\n", /was canceled/],
    [6, "t-none --not-found-grace 0", "", /t-none/],
    [6, "t-none --timeout 0", "", /t-none is not known to the service/],
    [124, "t-none --timeout 1s", "", /the service does not know this task; last failure: .*does not exist/],
    [124, "t-running --timeout 300ms", "", /may still be running/],
    [124, "t-running --timeout 0", "", /may still be running/],
  ])("exits %i for %s", async (expected, args, stdout, message) => {
    const result = await run(args.split(" "));

    expect(result).toMatchObject({ code: expected, stdout });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/^\s+at .*:\d+/m);
  });

  it("tells how to go on after a timeout, with the flags as they were given", async () => {
    const { stderr } = await run(["t-running", "--timeout", "200ms", "--wait-price", "5s", "-q"]);

    expect(stderr).toContain("\n  taskwait wait t-running --timeout 200ms --wait-price 5s --quiet\n");
  });

  it("exits with the code of the first, in the order of the arguments, that did not complete", async () => {
    expect((await run(["t-complete", "t-expired", "t-failed"])).code).toBe(3);
    expect((await run(["t-complete", "t-failed", "t-expired"])).code).toBe(1);
  });

  it("with --any leaves the others as soon as one completes", async () => {
    const { code, stdout, stderr } = await run(["--any", "t-running", "t-complete", "t-running-2"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^t-complete COMPLETE /);
    expect(stderr).not.toMatch(/still be running/);
  });

  it("with --any exits with the first failure when none completes", async () => {
    expect((await run(["--any", "t-failed", "t-expired"])).code).toBe(1);
  });

  it("reads ids from standard input, and takes an id that comes twice once", async () => {
    const { code, stdout } = await runCli(["-"], emulator.env, "t-complete\n t-complete\tt-failed\n");

    expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual(["t-complete", "t-failed", ""]);
    expect(code).toBe(1);
  });

  it.each([
    ["is a directory", "< /tmp", 2, /^taskwait: standard input \(-\) can't be read \(EISDIR\)\n$/],
    ["fails", "< /proc/self/mem", 2, /^taskwait: standard input \(-\) can't be read \(EIO\)\n$/],
    ["is closed", "<&-", 2, /^taskwait: standard input \(-\) is closed\n$/],
    ["is empty", "< /dev/null", 0, /^taskwait: no task to wait for\n$/],
  ])(
    "takes standard input that %s for what it is, not for a list without ids",
    async (_, from, code, says) => {
      const { done } = startShell(`taskwait - --allow-empty ${from}`, emulator.env);
      const result = await done;
      expect(result.stderr).toMatch(says);
      expect(result.code).toBe(code);
    },
  );

  it("--quiet leaves only results and errors", async () => {
    expect(await run(["t-complete", "--quiet"])).toMatchObject({ code: 0, stderr: "" });
    expect((await run(["t-failed", "--quiet"])).stderr).toMatch(/^taskwait: .*device not online.*\n$/);
  });

  it("--verbose says one line per call, with status, time and request id", async () => {
    const { stderr } = await run(["t-complete", "--verbose"]);

    expect(stderr).toMatch(/^DescribeTask t-complete: 200 in \d+ ms, request [0-9A-F-]{36}$/m);
  });
});

describe("--output json", () => {
  it("is one object at the end", async () => {
    const { stdout, code } = await run(["t-complete", "t-failed", "--output", "json"]);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 1,
      waitedMs: expect.any(Number),
      tasks: [
        {
          taskId: "t-complete",
          outcome: "complete",
          calls: expect.any(Number),
          task: { taskStatus: "COMPLETE" },
        },
        { taskId: "t-failed", outcome: "failed", error: { name: "TaskFailedError", code: "TASK_FAILED" } },
      ],
    });
  });

  it("is printed on a timeout too", async () => {
    const { stdout, code } = await run(["t-running", "--timeout", "1s", "-o", "json"]);

    expect(code).toBe(124);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 124,
      tasks: [{ outcome: "timedOut", task: { taskStatus: "RUNNING" }, error: { code: "WAIT_TIMEOUT" } }],
    });
  });
});

describe("--output jsonl", () => {
  it("is one event a line, each as its schema says, and ends with settled", async () => {
    const { stdout } = await run(["t-complete", "-o", "jsonl"]);

    const records = stdout
      .trimEnd()
      .split("\n")
      .map((line) => waitEventRecordSchema.parse(JSON.parse(line)));
    expect(records.at(0)).toMatchObject({ event: "poll", taskId: "t-complete" });
    expect(records.at(-2)).toMatchObject({ event: "complete" });
    expect(records.at(-1)).toMatchObject({ event: "settled", outcome: "complete" });
  });

  it("ends quietly when nobody reads any more", async () => {
    const cli = startCli(
      ["t-running", "-o", "jsonl", "-q", "--max-interval", "100ms", "--min-interval", "50ms"],
      emulator.env,
    );
    await cli.until(/"poll"/, "stdout");
    cli.child.stdout.destroy();

    expect(await cli.done).toMatchObject({ code: 141, stderr: "" });
  });
});

describe("hostile text from the service", () => {
  it("is escaped in lines", async () => {
    const { stderr, stdout } = await run(["t-hostile"]);

    expect(stderr).not.toMatch(CONTROLS);
    expect(stderr).toContain(String.raw`\u{1b}]0;owned\u{7}`);
    expect(stdout).toBe(`t-hostile COMPLETE {"a":"${String.raw`\u009b`}2J${String.raw`\u2028`}"}\n`);
  });

  it("is escaped in errors and in results that are no JSON", async () => {
    const failed = await run(["t-hostile-failed"]);
    const garbled = await run(["t-garbled"]);

    expect(failed.stderr + failed.stdout).not.toMatch(CONTROLS);
    expect(garbled.stdout).toBe(`t-garbled COMPLETE "no${String.raw`\u001b`}[2J JSON"\n`);
  });

  it("is harmless in JSON and comes out of it intact", async () => {
    const { stdout } = await run(["t-hostile", "-o", "json"]);

    expect(stdout).not.toMatch(CONTROLS);
    expect(JSON.parse(stdout).tasks[0].task.taskName).toBe(HOSTILE_NAME);
  });
});

describe("interruption", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops at once, exits %i, and says how to go on", async (signal, code) => {
    const cli = startCli(["t-complete", "t-running", "--timeout", "1h"], emulator.env);
    await cli.until(/t-complete.* COMPLETE/);
    const sentMs = Date.now();
    cli.child.kill(signal);
    const result = await cli.done;

    expect(result.code).toBe(code);
    expect(Date.now() - sentMs).toBeLessThan(5000);
    expect(result.stderr).toContain(`stopped by ${signal}; the task may still be running`);
    expect(result.stderr).toContain("\n  taskwait wait t-running --timeout 1h\n");
    expect(result.stdout).toMatch(/^t-complete COMPLETE /);
  });
});

describe("a service that can't be asked", () => {
  it("exits 5 when nobody listens, once the outage budget is spent", async () => {
    const { code, stderr } = await run(["t-1", "--endpoint", "http://127.0.0.1:1", "--outage-budget", "0"]);

    expect(code).toBe(5);
    expect(stderr).toMatch(/ECONNREFUSED/);
  });

  it("exits 7 for a wrong secret and for none, at once", async () => {
    const wrong = { ...emulator.env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "not-the-secret" };
    const { ALIBABA_CLOUD_ACCESS_KEY_ID: _, ALIBABA_CLOUD_ACCESS_KEY_SECRET: __, ...none } = emulator.env;

    expect(await runLine(["t-complete"], wrong)).toMatchObject({ code: 7 });
    const unnamed = await runLine(["t-complete"], none);
    expect(unnamed.code).toBe(7);
    expect(unnamed.stderr).toMatch(/ALIBABA_CLOUD_ACCESS_KEY_ID/);
  });

  it.each([
    ["HTML", 200, "<html>no</html>"],
    ["a redirect", 302, ""],
    ["a task without fields", 200, '{"RequestId":"R","Data":{"Hello":1}}'],
  ])("exits 5 for an answer that is %s", async (_, status, body) => {
    const server = createServer((__, response) => {
      response.writeHead(status, { location: "http://127.0.0.1:1/" }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const result = await run(["t-1", "--endpoint", endpoint, "--outage-budget", "0"]);
      expect(result.code).toBe(5);
      expect(result.stderr).not.toMatch(/^\s+at .*:\d+/m);
    } finally {
      server.close();
    }
  });
});
