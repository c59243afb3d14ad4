import { describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { BdrcClient, checkRules, runTask, updateResources } from "../../src/index.ts";
import { soak } from "../soak.ts";

const QUICK = { minIntervalMs: 5, maxIntervalMs: 50, waitPriceMs: 5, timeoutMs: 40_000 };

async function withEmulator(
  options: EmulatorOptions,
  body: (emulator: Emulator, client: BdrcClient) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulator(options);
  const client = new BdrcClient({ ...emulator.clientOptions, callTimeoutMs: 2000 });
  try {
    await body(emulator, client);
  } finally {
    await client.close();
    await emulator.stop();
  }
}

describe("runTask over HTTP", () => {
  it("needs three starts when the service fails two tasks because it is busy", async () => {
    const busy = { durationMs: 30, status: "FAILED", errorMessage: "too many requests." } as const;
    await withEmulator(
      { starts: { UPDATE_RESOURCES: [busy, busy, { durationMs: 30 }] }, order: "oldest" },
      async (emulator, client) => {
        const run = runTask(updateResources(client), QUICK);
        const attempts: number[] = [];
        run.on("again", ({ attempt }) => attempts.push(attempt));
        const task = await run;
        expect(task.taskStatus).toBe("COMPLETE");
        expect(attempts).toEqual([1, 2]);
        const world = emulator.world.tasks();
        expect(world.map(({ taskStatus }) => taskStatus)).toEqual(["FAILED", "FAILED", "COMPLETE"]);
        expect(world[2]?.taskId).toBe(task.taskId);
        expect(emulator.requests().filter(({ action }) => action === "UpdateResources")).toHaveLength(3);
      },
    );
  });

  it("starts with the parameters that it was given", async () => {
    await withEmulator(
      { starts: { CHECK_RULES: { durationMs: 20 }, UPDATE_RESOURCES: { durationMs: 20 } } },
      async (_, client) => {
        const check = await runTask(
          checkRules(client, { resourceArn: "acs:ecs:1:cn-x:instance/i-1" }),
          QUICK,
        );
        expect(check.taskType).toBe("CHECK_RULES");
        const update = await runTask(updateResources(client, { resourceType: "ACS::OSS::Bucket" }), QUICK);
        expect(update.taskType).toBe("UPDATE_RESOURCES");
      },
    );
  });

  const SEEDS = soak(200);
  // Faults whose victim has performed the operation; the answer is lost or can't be read.
  const LOST = [
    { kind: "reset", at: "body" },
    { kind: "truncate" },
    { kind: "hang", at: "headers" },
    { kind: "contentType", value: "text/html" },
  ] as const;

  it(`never starts twice, whatever becomes of the answers, over ${SEEDS} seeds`, {
    timeout: 180_000,
  }, async () => {
    let completed = 0;
    const one = async (seed: number): Promise<void> => {
      let calls = 0;
      // Only an answer that hangs needs a call that ends by itself, and long enough for the start to arrive.
      const hangs = seed % LOST.length === 2;
      await withEmulator(
        {
          seed,
          speed: 20,
          faults: ({ action }) => {
            calls++;
            if (action === "UpdateResources") {
              return seed % 4 === 3 && seed % 16 !== 3 ? LOST[0] : LOST[seed % 4];
            }
            return (calls + seed) % 7 === 0 ? LOST[1] : undefined;
          },
          starts: { UPDATE_RESOURCES: { durationMs: 1000 + (seed % 10) * 200 } },
        },
        async (emulator, base) => {
          const callTimeoutMs = hangs ? 2000 : 20_000;
          const client = new BdrcClient({ ...emulator.clientOptions, callTimeoutMs });
          const outcome = await runTask(updateResources(client), QUICK).outcome;
          const arrived = emulator.requests().filter(({ action }) => action === "UpdateResources").length;
          expect(arrived, `seed ${seed}: a second start was sent`).toBeLessThanOrEqual(1);
          expect(emulator.world.size, `seed ${seed}: tasks that run`).toBe(arrived);
          if (arrived === 1) {
            const why = outcome.kind === "complete" ? "" : outcome.error;
            expect(outcome.kind, `seed ${seed}: ${why}`).toBe("complete");
            expect(outcome.task?.taskId).toBe(emulator.world.tasks()[0]?.taskId);
            completed += 1;
          } else {
            // The machine stood still for longer than a call may take: there is no task to find.
            expect(["startUnknown", "timedOut"], `seed ${seed}`).toContain(outcome.kind);
          }
          await client.close();
          await base.close();
        },
      );
    };
    const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
    const worker = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        await one(seed);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    expect(completed, "starts that arrived").toBeGreaterThan(0.75 * SEEDS);
  });

  it("starts nothing a second time when the start did not reach the service, and says so", async () => {
    await withEmulator(
      {
        faults: ({ action }) => (action === "UpdateResources" ? { kind: "reset", at: "request" } : undefined),
      },
      async (emulator, client) => {
        const outcome = await runTask(updateResources(client), { ...QUICK, timeoutMs: 3000 }).outcome;
        // Half a minute of searching is more than this run has.
        expect(["startUnknown", "timedOut"]).toContain(outcome.kind);
        expect(emulator.world.size).toBe(0);
        expect(emulator.requests().filter(({ action }) => action === "UpdateResources")).toHaveLength(1);
      },
    );
  });
});
