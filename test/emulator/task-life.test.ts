import { describe, expect, it } from "vitest";
import { type TaskSpec, World, type WorldOptions } from "../../src/emulator/index.ts";
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
