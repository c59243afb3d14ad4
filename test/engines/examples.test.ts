import { rmSync } from "node:fs";
import process from "node:process";
import { bundleWorkflowCode, DefaultLogger, Runtime } from "@temporalio/worker";
import { type Emulator, startEmulator } from "taskwait/emulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findProgram, findRestate, isThere } from "./harness/engine.ts";
import { endOf, exampleFile, examplesFolder } from "./harness/example-file.ts";
import { freePort, type Started, start } from "./harness/processes.ts";
import { RedisServer } from "./harness/redis-server.ts";
import { RestateServer } from "./harness/restate-server.ts";

const redis = findProgram("redis-server");
const isRedisThere = isThere("Redis", redis, "apt-get install redis-server");
const restate = findRestate();
const isRestateThere = isThere("Restate", restate, "npm run test:engines installs it");
const logger = new DefaultLogger("ERROR");
Runtime.install({ logger });

const folder = examplesFolder("adapters");
const example = (path: string, ports?: Parameters<typeof exampleFile>[2]) => exampleFile(folder, path, ports);

describe("the examples", () => {
  const open: (() => Promise<unknown>)[] = [];
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({
      starts: { UPDATE_RESOURCES: { durationMs: 1000 } },
      tasks: [
        { taskId: "t-quick", durationMs: 1000, result: { updated: 3 } },
        { taskId: "t-broken", durationMs: 1000, status: "FAILED", errorMessage: "device not online" },
      ],
    });
    open.push(() => emulator.stop());
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) {
      await close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function run(file: string, ...args: readonly string[]): Started {
    const started = start(process.execPath, [file, ...args], { ...emulator.env, RESTATE_LOGGING: "ERROR" });
    open.push(() => started.kill());
    return started;
  }

  async function toItsEnd(started: Started): Promise<string> {
    const { exitCode, output } = await endOf(started);
    expect([exitCode, output]).toEqual([0, expect.any(String)]);
    return output;
  }

  it.skipIf(!isRedisThere)("of BullMQ wait for the tasks that they are given", async () => {
    const server = await RedisServer.start(redis as string);
    open.push(() => server.stop());
    run(example("bullmq/work.mjs", { "6379": server.port }));
    const output = await toItsEnd(
      run(example("bullmq/produce.mjs", { "6379": server.port }), "t-quick", "t-broken"),
    );
    expect(output).toContain("t-quick complete");
    expect(output).toContain("t-broken failed");
  });

  it.skipIf(!isRestateThere)("of Restate start a task, wait for it, and wait from outside", async () => {
    const server = await RestateServer.start(restate as string);
    open.push(() => server.stop());
    const port = await freePort();
    run(example("restate/serve.mjs", { "9080": port }));
    await server.register(`http://127.0.0.1:${port}`);
    const addresses = { "http://127.0.0.1:8080": server.ingress, "http://127.0.0.1:9070": server.admin };
    expect(await toItsEnd(run(example("restate/call.mjs", addresses), "t-quick"))).toContain("COMPLETE");
    const response = await fetch(`${server.ingress}/Nightly/updateAll`, { method: "POST" });
    expect(await response.json()).toMatchObject({ taskId: expect.any(String) });
  });

  it("of Temporal have a workflow that its sandbox takes", async () => {
    const workflowsPath = example("temporal/workflows.mjs");
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    expect(code).toContain("followTask");
  });
});
