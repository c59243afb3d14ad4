import { describe, expect, it } from "vitest";
import { type TaskSpec, World, type WorldOptions } from "../../src/emulator/index.ts";
import { taskSpec } from "../../src/emulator/world/task-spec.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";
import { HandClock } from "./hand-clock.ts";

function worldWith(options: Partial<WorldOptions> = {}): { world: World; clock: HandClock } {
  const clock = new HandClock();
  return { world: new World({ now: clock.now, ...options }), clock };
}

describe("the world", () => {
  it("is the same again under the same seed", () => {
    const draw = (seed: number) => {
      const { world } = worldWith({ seed });
      const spec: TaskSpec = { durationMs: { kind: "lognormal", medianMs: 10_000, sigma: 1 } };
      return [world.addTask(spec), world.addTask(spec)].map(({ taskId, endsAtMs }) => [taskId, endsAtMs]);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("refuses an id that is taken", () => {
    const { world } = worldWith();
    world.addTask({ taskId: "t-1" });
    expect(() => world.addTask({ taskId: "t-1" })).toThrow('addTask().taskId must be new, got "t-1"');
  });

  it.each<[unknown, string]>([
    [{ durationMs: -1 }, "addTask().durationMs must be at least 0, got -1"],
    [{ durationMs: "soon" }, 'addTask().durationMs must be one of the documented forms, got "soon"'],
    [
      { status: "DONE" },
      'addTask().status must be "COMPLETE" or "FAILED" or "EXPIRED" or "CANCELED", got "DONE"',
    ],
    [
      { duration: 5 },
      'addTask(): unknown option "duration"; did you mean "durationMs"? Known are createdMs, detail,',
    ],
    [{ progress: { kind: "steps", count: 0 } }, "addTask().progress.count must be at least 1, got 0"],
    [{ taskId: "../x" }, "addTask().taskId must match"],
    [{ end: "FALED" }, 'addTask().end must be "COMPLETE" or "FAILED"'],
    [{ end: "FAILED", status: "EXPIRED" }, 'addTask() must have "end" or its older name "status", not both'],
    [
      { quirks: { notyet: "null" } },
      'addTask().quirks: unknown option "notyet"; did you mean "notYet"? Known are almost',
    ],
    ["x", 'addTask() must be of type object, got "x"'],
  ])("refuses the spec %j with a clear error", (spec, message) => {
    const { world } = worldWith();
    expect(() => world.addTask(spec as TaskSpec)).toThrow(InvalidOptionError);
    expect(() => world.addTask(spec as TaskSpec)).toThrow(message);
  });

  it("ends a task as `end` says, the word of scripted sources, or as `status`, its older name", () => {
    const { world, clock } = worldWith();
    const ids = [{ end: "FAILED" }, { status: "FAILED" }, { end: "FAILED", status: "FAILED" }] as const;
    const added = ids.map((spec) => world.addTask({ ...spec, durationMs: 5 }));
    clock.advance(5);
    for (const { taskId } of added) {
      expect(world.task(taskId)?.wire).toMatchObject({
        TaskStatus: "FAILED",
        ErrorMessage: "device not online",
      });
    }
  });

  it("takes undefined for absent in every field of a task, at any depth", () => {
    const { world } = worldWith();
    const names = Object.keys((taskSpec as unknown as { def: { shape: object } }).def.shape);
    expect(names.length).toBeGreaterThan(15);
    const spec = {
      ...Object.fromEntries(names.map((name) => [name, undefined])),
      progress: { kind: "steps", count: undefined },
    };
    expect(world.addTask(spec as unknown as TaskSpec)).toMatchObject({ taskStatus: "RUNNING", progress: 0 });
    const quirks = { notYet: undefined, expireInPast: true };
    const { wire } = world.addTask({ quirks } as unknown as TaskSpec);
    expect(wire["CompleteTime"]).toBe(0);
  });

  it("lists by status and type, each task once over all pages", () => {
    const { world, clock } = worldWith();
    for (let n = 0; n < 95; n += 1) {
      world.addTask({ taskType: n % 3 === 0 ? "TEST" : "CHECK_RULES", durationMs: n < 40 ? 1000 : 9000 });
    }
    clock.advance(5000);
    expect(world.page({ taskStatus: "COMPLETE" }, 0, 500).total).toBe(40);
    expect(world.page({ taskStatus: "RUNNING", taskType: "TEST" }, 0, 500).total).toBe(18);
    const ids = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90].flatMap((offset) =>
      world.page({}, offset, 10).tasks.map((task) => task["TaskId"]),
    );
    expect(new Set(ids).size).toBe(95);
  });

  it("lists in no order unless told so", () => {
    const idsIn = (order: "shuffled" | "newest" | "oldest") => {
      const { world } = worldWith({ order });
      const made = Array.from({ length: 50 }, () => world.addTask().taskId);
      return { made, listed: world.tasks().map(({ taskId }) => taskId) };
    };
    const oldest = idsIn("oldest");
    expect(oldest.listed).toEqual(oldest.made);
    const newest = idsIn("newest");
    expect(newest.listed).toEqual(newest.made.reverse());
    const shuffled = idsIn("shuffled");
    expect(shuffled.listed).not.toEqual(shuffled.made);
    expect(shuffled.listed.toSorted()).toEqual(shuffled.made.toSorted());
  });

  it("forgets a task when told so", () => {
    const { world } = worldWith();
    const { taskId } = world.addTask();
    expect([world.forget(taskId), world.forget(taskId), world.size]).toEqual([true, false, 0]);
    expect(world.page({}, 0, 10).total).toBe(0);
  });

  it("does not grow with tasks that are long forgotten", () => {
    const { world, clock } = worldWith();
    for (let n = 0; n < 20_000; n += 1) {
      world.addTask({ durationMs: 0, retentionMs: 1000 });
      clock.advance(10);
    }
    expect(world.size).toBeLessThan(2000);
  });
});
