// A process of its own, in real time: waits over real HTTP for what an emulator in another process has. Prints one
// line of JSON for the table.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import { seeded, seedOf } from "../single/seeded.ts";

/** What waiting over HTTP came to. */
export interface HttpResult {
  readonly waits: number;
  /** Waits that ended as their task did. */
  readonly right: number;
  /** Calls a task. */
  readonly calls: number;
  /** Of all calls. */
  readonly throttled: number;
  readonly meanLateMs: number;
  /** The most that the waiting process held, resident. */
  readonly mostMegabytes: number;
  readonly lastedS: number;
}

const WAITS = 5000;
const TASK_MS = 60_000;
const QUOTA = { perSecond: 100 };
const FAULTS = "503=0.02";
const idOf = (index: number): string => `t-http-${index}`;
// Every tenth fails: a wait that ends has to end rightly.
const isToFail = (index: number): boolean => index % 10 === 0;

if (process.argv[2] === "emulator") {
  const emulator = await startEmulator({ quota: QUOTA, faults: FAULTS });
  const random = seeded(seedOf(1, "http"));
  for (let index = 0; index < WAITS; index++) {
    emulator.world.addTask({
      taskId: idOf(index),
      durationMs: TASK_MS * (0.5 + random()),
      ...(isToFail(index) ? { status: "FAILED" as const } : {}),
    });
  }
  process.send?.(emulator.clientOptions);
  process.on("disconnect", () => process.exit(0));
} else {
  const emulator = fork(fileURLToPath(import.meta.url), ["emulator"]);
  try {
    console.log(JSON.stringify(await waitForAll(emulator)));
  } finally {
    emulator.disconnect();
  }
}

async function waitForAll(emulator: ChildProcess): Promise<HttpResult> {
  const [options] = (await once(emulator, "message")) as [ConstructorParameters<typeof BdrcClient>[0]];
  const client = new BdrcClient(options);
  const waiter = new TaskWaiter({ source: client });
  let most = 0;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 100);
  const fromMs = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: WAITS }, (_, index) => waiter.wait(idOf(index), { timeout: "10m" }).outcome),
  );
  const lastedS = (performance.now() - fromMs) / 1000;
  clearInterval(sampler);
  const { polls, listings, throttled, lateness } = waiter.stats();
  await waiter.close();
  await client.close();
  return {
    waits: WAITS,
    right: outcomes.filter(
      ({ kind, task }, index) =>
        task?.taskId === idOf(index) && kind === (isToFail(index) ? "failed" : "complete"),
    ).length,
    calls: (polls + listings) / WAITS,
    throttled: throttled / (polls + listings),
    meanLateMs: lateness?.meanMs ?? Number.NaN,
    mostMegabytes: most / 1e6,
    lastedS,
  };
}
