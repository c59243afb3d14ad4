import { describe, expect, it } from "vitest";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { observeError } from "../../src/policy/observe/observe.ts";
import { resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import { InvalidOptionError, TaskNotFoundError } from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_ID } from "./observations.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const AHEAD_MS = 20 * MINUTE_MS;
const options = resolveWaitOptions();
const random = (): number => 0.5;

/** The checkpoint of a wait that has polled a queued and three running tasks on a machine of that clock. */
function checkpointAt(clockMs: number): WaitState {
  const startTime = Math.floor(clockMs / 1000) - 20;
  let state = beginWait(TASK_ID, { nowMs: clockMs - 30_000, options });
  for (const [agoMs, fields] of [
    [29_000, { taskStatus: "CREATED" }],
    [15_000, { taskStatus: "RUNNING", progress: 1000, startTime }],
    [8000, { taskStatus: "RUNNING", progress: 2000, startTime }],
    [0, { taskStatus: "RUNNING", progress: 3000, startTime }],
  ] as const) {
    const task = parseTask({ taskId: TASK_ID, ...fields });
    state = decide(state, { kind: "task", task }, { nowMs: clockMs - agoMs, random, options }).state;
  }
  return JSON.parse(JSON.stringify(state));
}

describe("a checkpoint of a machine whose clock is 20 minutes fast", () => {
  const resumeOurs = () => resumeWait(TASK_ID, { checkpoint: checkpointAt(NOW_MS), nowMs: NOW_MS });
  const resumeTheirs = () =>
    resumeWait(TASK_ID, { checkpoint: checkpointAt(NOW_MS + AHEAD_MS), nowMs: NOW_MS });

  it("is polled as soon as one of our own clock", () => {
    expect(resumeTheirs().nextPollAtMs).toBe(resumeOurs().nextPollAtMs);
  });

  it("has seen nothing in the future", () => {
    const { task: _, deadlineMs: __, ...seen } = resumeTheirs();
    const { task: ___, deadlineMs: ____, ...expected } = resumeOurs();
    expect(seen).toEqual(expected);
  });

  it("keeps its deadline, which means the same everywhere", () => {
    expect(resumeTheirs().deadlineMs).toBe(resumeOurs().deadlineMs + AHEAD_MS);
  });

  it("has no longer grace for a task that is not known", () => {
    const missing = observeError(new TaskNotFoundError("no"));
    const clockMs = NOW_MS + AHEAD_MS;
    const begun = beginWait(TASK_ID, { nowMs: clockMs, options });
    const checkpoint = decide(begun, missing, { nowMs: clockMs, random, options }).state;
    const state = resumeWait(TASK_ID, { checkpoint, nowMs: NOW_MS });
    const later = decide(state, missing, { nowMs: NOW_MS + options.notFoundGraceMs, random, options });
    expect(later.kind === "settle" && later.outcome.kind).toBe("notFound");
  });
});

describe("a resumed wait", () => {
  it("polls within maxIntervalMs, whatever the checkpoint says", () => {
    const checkpoint = { ...checkpointAt(NOW_MS), nextPollAtMs: NOW_MS + 3_600_000 };
    const next = (given?: typeof options): number =>
      resumeWait(TASK_ID, { checkpoint, nowMs: NOW_MS, ...(given && { options: given }) }).nextPollAtMs;
    expect(next()).toBe(NOW_MS + 5 * MINUTE_MS);
    expect(next(resolveWaitOptions({ maxInterval: "10s" }))).toBe(NOW_MS + 10_000);
  });

  it("keeps what it has seen when the checkpoint is from the past", () => {
    const checkpoint = checkpointAt(NOW_MS);
    const later = { ...resumeWait(TASK_ID, { checkpoint, nowMs: NOW_MS + 1000 }) };
    expect(JSON.parse(JSON.stringify(later))).toEqual({ ...checkpoint, contactAtMs: NOW_MS + 1000 });
  });

  it("does not count the time in between as an outage", () => {
    const { contactAtMs } = resumeWait(TASK_ID, { checkpoint: checkpointAt(NOW_MS), nowMs: NOW_MS + 1e9 });
    expect(contactAtMs).toBe(NOW_MS + 1e9);
  });

  it.each<[string, () => unknown, string]>([
    ["nothing", () => undefined, "resume: not a checkpoint"],
    ["null", () => null, "resume: not a checkpoint"],
    ["text", () => "{}", "resume: not a checkpoint"],
    ["a list", () => [], "resume: not a checkpoint"],
    ["another version", () => ({ ...checkpointAt(NOW_MS), version: 99 }), "got version 99"],
    [
      "another task",
      () => ({ ...checkpointAt(NOW_MS), taskId: "t-other" }),
      'the checkpoint is of task "t-other"',
    ],
    ["a moment that is none", () => ({ ...checkpointAt(NOW_MS), polledAtMs: -1 }), "polledAtMs"],
    [
      "a task that is none",
      () => ({ ...checkpointAt(NOW_MS), task: { taskId: TASK_ID } }),
      "task.taskStatus is missing",
    ],
  ])("refuses %s", (_, make, text) => {
    const checkpoint = make();
    const resume = (): unknown => resumeWait(TASK_ID, { checkpoint, nowMs: NOW_MS });
    expect(resume).toThrow(InvalidOptionError);
    expect(resume).toThrow(text);
  });

  it("refuses an id that can't be one before it reads the checkpoint", () => {
    expect(() => resumeWait("", { checkpoint: undefined, nowMs: NOW_MS })).toThrow(InvalidOptionError);
  });
});
