import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { BdrcClient, type TaskWait, TaskWaiter } from "../../src/index.ts";

const COUNT = 200;
const CALL_MS = 50;
const MIN_RUN_MS = 3000;
const MAX_RUN_MS = 9000;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe("a hint at the true end, over real HTTP", () => {
  let emulator: Emulator | undefined;
  afterEach(() => emulator?.stop());

  it("is noticed within one call's time, while the same tasks without hints take many times as long", async () => {
    emulator = await startEmulator({ faults: `latency=${CALL_MS}..${CALL_MS}` });
    const { world } = emulator;
    const client = new BdrcClient(emulator.clientOptions);
    const waiter = new TaskWaiter({ source: client, batch: "never", rate: { perSecond: 5000 } });
    const random = seededRandom(1);
    const callsMs: number[] = [];
    waiter.on("poll", ({ callMs }) => callsMs.push(callMs));

    const noticeMs = async (taskId: string, durationMs: number, isHinted: boolean): Promise<number> => {
      const { endsAtMs } = (emulator as Emulator).world.addTask({ taskId, durationMs });
      const wait: TaskWait = waiter.wait(taskId, { waitPriceMs: 2000 });
      if (isHinted) {
        // A timer may fire a little before the moment that it was set for.
        setTimeout(() => wait.hint(), endsAtMs - Date.now() + 2);
      }
      return new Promise((resolve) => wait.on("settled", () => resolve(Date.now() - endsAtMs)));
    };
    const runs = Array.from({ length: COUNT }, () => MIN_RUN_MS + (MAX_RUN_MS - MIN_RUN_MS) * random());
    const [hinted, unhinted] = await Promise.all(
      [true, false].map((isHinted) =>
        Promise.all(runs.map((ms, index) => noticeMs(`t-${isHinted}-${index}`, ms, isHinted))),
      ),
    );
    expect(world.size).toBe(2 * COUNT);
    const callMs = median(callsMs);
    const told = `hinted ${median(hinted ?? [])} ms, unhinted ${median(unhinted ?? [])} ms, a call ${callMs} ms`;
    // A task may have been polled less than minIntervalMs before, so it is the median and not the worst.
    expect(median(hinted ?? []), told).toBeLessThanOrEqual(1.5 * callMs);
    expect(median(unhinted ?? []), told).toBeGreaterThan(5 * median(hinted ?? []));
    await waiter.close();
    await client.close();
  });
});
