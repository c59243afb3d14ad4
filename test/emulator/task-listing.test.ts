import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { World } from "../../src/emulator/index.ts";
import { HandClock } from "./hand-clock.ts";

const STATUSES = [
  "CREATED",
  "RUNNING",
  "COMPLETE",
  "FAILED",
  "EXPIRED",
  "CANCELED",
  "PAUSED",
  undefined,
] as const;

const spec = fc.record(
  {
    createdMs: fc.nat(100),
    durationMs: fc.nat(300),
    status: fc.constantFrom("COMPLETE" as const, "FAILED" as const, "EXPIRED" as const),
    hiddenMs: fc.nat(200),
    retentionMs: fc.nat(300),
    expiresMs: fc.nat(500),
    taskType: fc.constantFrom("TEST", "CHECK_RULES"),
    stages: fc.array(fc.record({ afterMs: fc.nat(100), status: fc.constant("PAUSED") }), { maxLength: 1 }),
  },
  { requiredKeys: ["durationMs"] },
);

describe("a listing", () => {
  it("lets a task go at the very moment at which a poll of it finds nothing", () => {
    const clock = new HandClock();
    const world = new World({ now: clock.now });
    const { taskId } = world.addTask({ hiddenMs: 10, durationMs: 100, retentionMs: 50 });
    const seen = [9, 1, 139, 1].map((ms) => {
      clock.advance(ms);
      return [world.page({}, 0, 10).total, world.task(taskId) === undefined ? 0 : 1];
    });
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  });

  it("shows at every moment exactly the tasks that polls of single ones show", () => {
    void fc.assert(
      fc.property(
        fc.array(fc.record({ spec, fate: fc.constantFrom("stays", "cancelled", "forgotten") }), {
          maxLength: 150,
        }),
        fc.constantFrom("shuffled" as const, "newest" as const, "oldest" as const),
        fc.constantFrom(...STATUSES),
        fc.constantFrom("TEST", undefined),
        fc.nat(800),
        (plans, order, taskStatus, taskType, laterMs) => {
          const clock = new HandClock();
          const world = new World({ now: clock.now, order });
          const ids = plans.map(({ spec: one }) => world.addTask(one).taskId);
          clock.advance(50);
          for (const [index, { fate }] of plans.entries()) {
            if (fate === "cancelled") {
              world.cancel(ids[index] ?? "");
            } else if (fate === "forgotten") {
              world.forget(ids[index] ?? "");
            }
          }
          clock.advance(laterMs);
          const filter = {
            ...(taskStatus === undefined ? {} : { taskStatus }),
            ...(taskType === undefined ? {} : { taskType }),
          };
          const expected = ids.filter((taskId) => {
            const task = world.task(taskId);
            return (
              task !== undefined &&
              (taskStatus === undefined || task.taskStatus === taskStatus) &&
              (taskType === undefined || task.wire["TaskType"] === taskType)
            );
          });
          const { tasks, total } = world.page(filter, 0, 1000);
          expect(tasks.map((task) => task["TaskId"]).toSorted()).toEqual(expected.toSorted());
          expect(total).toBe(expected.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
