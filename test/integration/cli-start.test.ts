import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { runCli, startCli } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";

const SHORT = {
  UPDATE_RESOURCES: { durationMs: 500, result: { resourceCounts: [] } },
  CHECK_RULES: { durationMs: 500 },
};

const runLine = commandLines();
let emulator: Emulator | undefined;

async function open(options: EmulatorOptions = {}): Promise<Emulator> {
  emulator = await startEmulator({ starts: SHORT, ...options });
  return emulator;
}

afterEach(async () => {
  await emulator?.stop();
  emulator = undefined;
});

function startsOf(running: Emulator): number {
  return running.requests().filter(({ action }) => action === "UpdateResources" || action === "CheckRules")
    .length;
}

describe("taskwait start", () => {
  it("starts an update of one type and waits for it", async () => {
    const running = await open();
    const { code, stdout, stderr } = await runCli(
      ["start", "update-resources", "--resource-type", "ACS::OSS::Bucket"],
      running.env,
    );

    const [task] = running.world.tasks();
    expect(JSON.parse(String(task?.wire["TaskDetail"]))).toEqual({ resourceTypes: ["ACS::OSS::Bucket"] });
    expect(stderr).toContain(`taskwait: started ${task?.taskId}\n`);
    expect(stdout).toBe(`${task?.taskId} COMPLETE {"resourceCounts":[]}\n`);
    expect(code).toBe(0);
  });

  it("starts a check of rules, with --no-wait only that, and prints the id alone", async () => {
    const running = await open();
    const { code, stdout, stderr } = await runLine(
      [
        "start",
        "check-rules",
        "--resource-arn",
        "acs:ecs:1:cn-shanghai:instance/i-1",
        "--rule-id",
        "rule-1",
        "--no-wait",
      ],
      running.env,
    );

    const [task] = running.world.tasks();
    expect(task?.wire["TaskType"]).toBe("CHECK_RULES");
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${task?.taskId}\n`, stderr: "" });
  });

  it("exits as the task does", async () => {
    const running = await open({ starts: { UPDATE_RESOURCES: { durationMs: 300, status: "FAILED" } } });

    expect((await runLine(["start", "update-resources"], running.env)).code).toBe(1);
  });

  it("exits 7 when it is not permitted", async () => {
    const running = await open({ ram: { denied: ["UpdateResources"] } });
    const { code, stderr } = await runLine(["start", "update-resources"], running.env);

    expect(stderr).toMatch(/NoPermission/);
    expect(code).toBe(7);
  });

  it("asks again when it was throttled: nothing was started", async () => {
    let left = 2;
    const running = await open({
      faults: ({ action }) =>
        action === "UpdateResources" && left-- > 0
          ? [{ kind: "refuse", code: "Throttling.User" }]
          : undefined,
    });
    const { code } = await runLine(["start", "update-resources", "--quiet"], running.env);

    expect(code).toBe(0);
    expect(running.world.size).toBe(1);
  });

  it("asks again while nobody listens, and exits 5 when the outage budget is spent", async () => {
    const { code, stdout, stderr } = await runLine(
      ["start", "update-resources", "--endpoint", "http://127.0.0.1:9", "--outage-budget", "2s"],
      { ALIBABA_CLOUD_ACCESS_KEY_ID: "key", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" },
    );

    expect(stderr).toMatch(/not started: .*ECONNREFUSED.*; asking again in 1\.0 s/);
    expect(stderr).toMatch(/nothing was started: .*ECONNREFUSED/);
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
  });

  it("adopts the one new task of the listing when the answer got lost, and starts no second one", async () => {
    const running = await open({
      tasks: [
        {
          taskId: "t-earlier",
          durationMs: 3_600_000,
          fields: { StartTime: Math.floor(Date.now() / 1000) - 60 },
        },
      ],
      faults: ({ action }) => (action === "UpdateResources" ? [{ kind: "reset", at: "body" }] : undefined),
    });
    const { code, stdout, stderr } = await runLine(["start", "update-resources"], running.env);

    const started = running.world.tasks().find(({ taskId }) => taskId !== "t-earlier")?.taskId;
    expect(stderr).toContain(`the answer got lost; the listing shows one new task, ${started}: taking that`);
    expect(stdout).toMatch(new RegExp(`^${started} COMPLETE`));
    expect(code).toBe(0);
    expect(startsOf(running)).toBe(1);
  });

  it("says that it does not know when the listing shows nothing new, and exits 5", async () => {
    const running = await open({
      faults: ({ action }) =>
        action === "UpdateResources" ? [{ kind: "refuse", code: "ServiceUnavailable" }] : undefined,
    });
    const { code, stdout, stderr } = await runLine(["start", "update-resources"], running.env);

    expect(stderr).toMatch(/shows no UPDATE_RESOURCES task that began since\. It was not sent again/);
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(startsOf(running)).toBe(1);
  });

  it("does not guess when two new tasks may be it", async () => {
    const running = await open({
      faults: ({ action }) => {
        if (action !== "UpdateResources") {
          return undefined;
        }
        emulator?.world.addTask({ durationMs: 60_000 });
        return [{ kind: "reset", at: "body" }];
      },
    });
    const { code, stderr } = await runLine(["start", "update-resources"], running.env);

    expect(stderr).toMatch(/shows 2 UPDATE_RESOURCES tasks any of which may be it \(t-\w+, t-\w+\)/);
    expect(code).toBe(5);
  });

  it("interrupted while it waits, shows a command that waits, not one that starts again", async () => {
    const running = await open({ starts: { UPDATE_RESOURCES: { durationMs: 3_600_000 } } });
    const cli = startCli(
      ["start", "update-resources", "--resource-type", "ACS::OSS::Bucket", "--timeout", "1h"],
      running.env,
    );
    await cli.until(/RUNNING|CREATED/);
    cli.child.kill("SIGINT");
    const { code, stderr } = await cli.done;

    expect(stderr).toContain(`\n  taskwait wait ${running.world.tasks()[0]?.taskId} --timeout 1h\n`);
    expect(code).toBe(130);
  });
});
