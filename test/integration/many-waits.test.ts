import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { BdrcClient, TaskWaiter } from "../../src/index.ts";

// The full load: TASKWAIT_MANY=5000 npx vitest run test/integration/many-waits.test.ts
const COUNT = Number(process.env["TASKWAIT_MANY"] ?? 500);
const DURATION_MS = COUNT >= 5000 ? 60_000 : 5000;

describe("many waits over real HTTP", () => {
  let emulator: Emulator | undefined;
  afterEach(() => emulator?.stop());

  it(
    "all learn of their ends, through listings too",
    async () => {
      emulator = await startEmulator({ quota: { perSecond: 100 }, faults: "503=0.02" });
      const ids = Array.from({ length: COUNT }, (_, index) => `t-many-${index}`);
      const { world } = emulator;
      const random = seededRandom(1);
      for (const taskId of ids) {
        world.addTask({ taskId, durationMs: DURATION_MS * (0.5 + random()) });
      }
      const client = new BdrcClient(emulator.clientOptions);
      const waiter = new TaskWaiter({ source: client });
      const tasks = await Promise.all(ids.map((id) => waiter.wait(id, { timeout: "5m" })));
      expect(tasks.every(({ taskStatus }) => taskStatus === "COMPLETE")).toBe(true);
      expect(new Set(tasks.map(({ taskId }) => taskId)).size).toBe(COUNT);
      // How few calls, how few of them throttled, and how soon: in virtual time, test/engine/rate-found.test.ts.
      expect(waiter.stats().listings).toBeGreaterThan(0);
      await waiter.close();
      await client.close();
    },
    6 * 60_000,
  );
});
