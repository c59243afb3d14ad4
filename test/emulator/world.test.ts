import { describe, expect, it } from "vitest";
import { type TaskSpec, World, type WorldOptions } from "../../src/emulator/index.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";
import { HandClock } from "./hand-clock.ts";

function worldWith(options: Partial<WorldOptions> = {}): { world: World; clock: HandClock } {
  const clock = new HandClock();
  return { world: new World({ now: clock.now, ...options }), clock };
}

/** The task's fields `atMs` after it was made. */
function wireAt(spec: TaskSpec, atMs: number, options: Partial<WorldOptions> = {}): Record<string, unknown> {
  const { world, clock } = worldWith(options);
  const { taskId } = world.addTask(spec);
  clock.advance(atMs);
  return { ...world.task(taskId)?.wire };
}

describe("a task's life", () => {
  it("goes from CREATED over RUNNING to COMPLETE, as told", () => {
    const { world, clock } = worldWith();
    const { taskId } = world.addTask({ createdMs: 1000, durationMs: 4000 });
    const seen: string[] = [];
    for (let ms = 0; ms <= 6000; ms += 1000) {
      const task = world.task(taskId);
      seen.push(`${task?.taskStatus} ${task?.progress}`);
      clock.advance(1000);
    }
    expect(seen).toEqual([
      "CREATED 0",
      "RUNNING 0",
      "RUNNING 2500",
      "RUNNING 5000",
      "RUNNING 7500",
      "COMPLETE 10000",
      "COMPLETE 10000",
    ]);
  });

  it("ends at exactly its last millisecond", () => {
    expect(wireAt({ durationMs: 5000 }, 4999)["TaskStatus"]).toBe("RUNNING");
    expect(wireAt({ durationMs: 5000 }, 5000)["TaskStatus"]).toBe("COMPLETE");
  });

  it.each([
    ["FAILED", { ErrorMessage: "device not online", TaskResult: "" }],
    ["EXPIRED", { ErrorMessage: "", TaskResult: "" }],
    ["CANCELED", { ErrorMessage: "", TaskResult: "" }],
    ["COMPLETE", { ErrorMessage: "", TaskResult: '{"n":1}' }],
  ] as const)("ends as %s when told so", (status, fields) => {
    expect(wireAt({ durationMs: 1000, status, result: { n: 1 } }, 2000)).toMatchObject({
      TaskStatus: status,
      ...fields,
    });
  });

  it("keeps the last progress when it fails", () => {
    const { world, clock } = worldWith();
    const { taskId } = world.addTask({ durationMs: "never" });
    clock.advance(60_000);
    world.end(taskId, "FAILED", "too many requests.");
    const then = world.task(taskId);
    clock.advance(60_000);
    expect(world.task(taskId)?.progress).toBe(then?.progress);
    expect(world.task(taskId)?.wire).toMatchObject({ ErrorMessage: "too many requests." });
  });

  it("never ends when told so, until it expires", () => {
    const spec: TaskSpec = { durationMs: "never", expiresMs: 10_000 };
    expect(wireAt(spec, 9999)).toMatchObject({ TaskStatus: "RUNNING" });
    expect(wireAt(spec, 10_000)).toMatchObject({ TaskStatus: "EXPIRED" });
  });

  it("is EXPIRED at its ExpireTime when that comes before its end", () => {
    const wire = wireAt({ durationMs: 60_000, expiresMs: 10_000 }, 10_000);
    expect(wire).toMatchObject({ TaskStatus: "EXPIRED", CompleteTime: wire["ExpireTime"] });
  });

  it("can be cancelled from outside, once, and not after its end", () => {
    const { world, clock } = worldWith();
    const { taskId } = world.addTask({ durationMs: 5000 });
    clock.advance(1000);
    expect([world.cancel(taskId), world.cancel(taskId), world.cancel("t-unknown")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(world.task(taskId)).toMatchObject({ taskStatus: "CANCELED", endsAtMs: clock.nowMs });
    clock.advance(10_000);
    expect(world.task(taskId)?.taskStatus).toBe("CANCELED");
  });

  it("that is cancelled before it ran has no StartTime, ever", () => {
    const { world, clock } = worldWith();
    const { taskId } = world.addTask({ createdMs: 5000 });
    world.cancel(taskId);
    clock.advance(60_000);
    expect(world.task(taskId)?.wire).toMatchObject({ StartTime: 0, TaskStatus: "CANCELED" });
  });

  it("is hidden at first and forgotten later, when told so", () => {
    const spec: TaskSpec = { durationMs: 1000, hiddenMs: 500, retentionMs: 2000 };
    expect(wireAt(spec, 499)).toEqual({});
    expect(wireAt(spec, 500)).toMatchObject({ TaskStatus: "RUNNING" });
    expect(wireAt(spec, 2999)).toMatchObject({ TaskStatus: "COMPLETE" });
    expect(wireAt(spec, 3000)).toEqual({});
  });

  it("shows statuses that no document names, when told so", () => {
    const spec: TaskSpec = { durationMs: 3000, stages: [{ afterMs: 1000, status: "PAUSED" }] };
    expect([999, 1000, 3000].map((ms) => wireAt(spec, ms)["TaskStatus"])).toEqual([
      "RUNNING",
      "PAUSED",
      "COMPLETE",
    ]);
  });

  it("is shorter by the world's speed", () => {
    const spec: TaskSpec = { createdMs: 10_000, durationMs: 10_000, retentionMs: 20_000 };
    const at = (ms: number) => wireAt(spec, ms, { speed: 10 })["TaskStatus"];
    expect([999, 1000, 1999, 2000, 3999, 4000].map(at)).toEqual([
      "CREATED",
      "RUNNING",
      "RUNNING",
      "COMPLETE",
      "COMPLETE",
      undefined,
    ]);
  });
});

describe("a task's fields", () => {
  it("are all those that the API documents", () => {
    expect(Object.keys(wireAt({}, 0)).sort()).toEqual(
      [
        "TaskId TaskName TaskDescription TaskType TaskPriority RequestId TaskDetail ExecutionId Progress",
        "TaskStatus ErrorMessage StartTime CompleteTime ExpireTime TaskResult",
      ]
        .join(" ")
        .split(" ")
        .sort(),
    );
  });

  it("carry times in whole Unix seconds", () => {
    const { world, clock } = worldWith();
    const { taskId } = world.addTask({ createdMs: 1500, durationMs: 2000 });
    const begin = clock.nowMs / 1000;
    clock.advance(60_000);
    expect(world.task(taskId)?.wire).toMatchObject({
      StartTime: begin + 1,
      CompleteTime: begin + 3,
      ExpireTime: begin + 86_400,
    });
  });

  it.each([
    ["zero", { StartTime: 0, CompleteTime: 0 }],
    ["null", { StartTime: null, CompleteTime: null }],
    ["absent", {}],
  ] as const)("say %s for a time that has not come, when told so", (notYet, times) => {
    const wire = wireAt({ createdMs: 1000 }, 0, { quirks: { notYet } });
    expect(
      Object.fromEntries(Object.entries(wire).filter(([name]) => /^(Start|Complete)Time$/.test(name))),
    ).toEqual(times);
  });

  it.each<[string, TaskSpec, number, object]>([
    [
      "full while it runs",
      { quirks: { fullWhileRunning: true } },
      9000,
      { Progress: 10_000, TaskStatus: "RUNNING" },
    ],
    ["not quite full at the end", { quirks: { almostFullAtComplete: true } }, 10_000, { Progress: 9999 }],
    ["-1 when it failed", { status: "FAILED", quirks: { minusOneAtFailed: true } }, 10_000, { Progress: -1 }],
    [
      "with an error while it runs",
      { quirks: { errorWhileRunning: "too many requests." } },
      1000,
      { ErrorMessage: "too many requests.", TaskStatus: "RUNNING" },
    ],
  ])("can be odd: %s", (_name, spec, atMs, fields) => {
    expect(wireAt({ durationMs: 10_000, ...spec }, atMs)).toMatchObject(fields);
  });

  it("can have the API's own odd times", () => {
    const wire = wireAt({ quirks: { expireInPast: true, completeTimeWhileRunning: true } }, 1000);
    expect(wire["ExpireTime"]).toBeLessThan(Number(wire["StartTime"]));
    expect(wire["CompleteTime"]).toBe(wire["StartTime"]);
  });

  it("prefer the task's own quirks to the world's", () => {
    const wire = wireAt({ createdMs: 1000, quirks: { notYet: "null" } }, 0, { quirks: { notYet: "absent" } });
    expect(wire["StartTime"]).toBeNull();
  });

  it("can be replaced by anything", () => {
    expect(wireAt({ fields: { Progress: "many", New: [1] } }, 0)).toMatchObject({
      Progress: "many",
      New: [1],
    });
  });

  it("have no Progress under the model `none`", () => {
    expect(wireAt({ progress: "none" }, 5000)).not.toHaveProperty("Progress");
  });

  it("take a string for detail and result as it is, JSON or not", () => {
    expect(wireAt({ detail: "no { json", result: "", durationMs: 0 }, 0)).toMatchObject({
      TaskDetail: "no { json",
      TaskResult: "",
      TaskStatus: "COMPLETE",
    });
  });
});

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
    [{ duration: 5 }, 'addTask() must not have "duration", got an object with "duration"'],
    [{ progress: { kind: "steps", count: 0 } }, "addTask().progress.count must be at least 1, got 0"],
    [{ taskId: "../x" }, "addTask().taskId must match"],
    ["x", 'addTask() must be of type object, got "x"'],
  ])("refuses the spec %j with a clear error", (spec, message) => {
    const { world } = worldWith();
    expect(() => world.addTask(spec as TaskSpec)).toThrow(InvalidOptionError);
    expect(() => world.addTask(spec as TaskSpec)).toThrow(message);
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
