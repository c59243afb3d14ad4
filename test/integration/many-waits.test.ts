import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { BdrcClient, TaskWaiter } from "../../src/index.ts";

// The full load: TASKWAIT_MANY=5000 npx vitest run test/integration/many-waits.test.ts
const COUNT = Number(process.env["TASKWAIT_MANY"] ?? 500);
const DURATION_MS = COUNT >= 5000 ? 60_000 : 5000;

describe("many waits over real HTTP", () => {
  let emulator: Emulator | undefined;
  afterEach(() => emulator?.stop());

  it(
    "all learn of their ends, within the quota, through few calls",
    async () => {
      emulator = await startEmulator({ quota: { perSecond: 100 }, faults: "503=0.02" });
      const ids = Array.from({ length: COUNT }, (_, index) => `t-many-${index}`);
      const { world } = emulator;
      for (const taskId of ids) {
        world.addTask({ taskId, durationMs: DURATION_MS * (0.5 + Math.random()) });
      }
      const client = new BdrcClient(emulator.clientOptions);
      const waiter = new TaskWaiter({ source: client });
      const tasks = await Promise.all(ids.map((id) => waiter.wait(id, { timeout: "5m" })));
      expect(tasks.every(({ taskStatus }) => taskStatus === "COMPLETE")).toBe(true);
      expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(COUNT);
      const { polls, listings, throttled, lateness } = waiter.stats();
      expect(throttled).toBeLessThanOrEqual(0.01 * (polls + listings) + 3);
      expect(listings).toBeGreaterThan(0);
      expect(polls + listings).toBeLessThan(3 * COUNT);
      expect(lateness?.meanMs).toBeLessThan(10_000);
      await waiter.close();
      await client.close();
    },
    6 * 60_000,
  );
});
