import { describe, expect, it } from "vitest";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide, decideTimeout } from "../../src/policy/decide/decide.ts";
import { settleAborted, settleMismatch, settleResumed } from "../../src/policy/decide/settle.ts";
import { type Observation, observeError } from "../../src/policy/observe/observe.ts";
import type { Decision } from "../../src/policy/state/decision.ts";
import { resolveWaitOptions, type WaitOptions } from "../../src/policy/state/wait-options.ts";
import { hasEnded, type WaitState } from "../../src/policy/state/wait-state.ts";
import {
  AccessDeniedError,
  BdrcApiError,
  InvalidOptionError,
  TaskNotFoundError,
  type TaskwaitError,
  UnreachableError,
} from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_ID } from "./observations.ts";

const BEGAN_MS = Date.UTC(2026, 0, 1);

const shows = (taskStatus: string, fields: object = {}): Observation => ({
  kind: "task",
  task: parseTask({ taskId: TASK_ID, taskStatus, ...fields }),
});
const fails = (error: unknown): Observation => observeError(error);
// Made in the tests and not while the file loads, so that mutants are run by the tests that notice them.
const notFound = (): Observation => fails(new TaskNotFoundError("DescribeTask failed: no such task"));
const refused = (): Observation => fails(new UnreachableError("the connection was refused"));

type Settled = Extract<Decision, { kind: "settle" }>;

/** Polls once a minute, the first time after a minute, and settles at the last observation or by the deadline. */
function settledAfter(observations: readonly Observation[], options: WaitOptions = {}): Settled {
  const resolved = resolveWaitOptions(options);
  let state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options: resolved });
  let nowMs = BEGAN_MS;
  let lastFailure: Error | undefined;
  for (const observation of observations) {
    nowMs += 60_000;
    lastFailure = observation.kind === "task" ? lastFailure : observation.error;
    const decision = decide(state, observation, { nowMs, random: () => 0.5, options: resolved, callMs: 80 });
    if (decision.kind === "settle") {
      return decision;
    }
    state = decision.state;
  }
  return decideTimeout(state, nowMs + 1000, lastFailure) as Settled;
}

function errorOf({ outcome }: Settled): TaskwaitError {
  return (outcome as { readonly error: TaskwaitError }).error;
}

/** The state after a checkpoint was written and read. */
function throughJson(state: WaitState): WaitState {
  return resumeWait(TASK_ID, { checkpoint: JSON.parse(JSON.stringify(state)), nowMs: BEGAN_MS + 1e6 });
}

/** The same end, after its checkpoint was resumed. */
function toldAgain({ state }: Settled): Settled {
  const resumed = throughJson(state);
  if (!hasEnded(resumed)) {
    throw new Error("the checkpoint is of no end");
  }
  return settleResumed(resumed, BEGAN_MS + 1e6);
}

const LONG = { timeout: "1d", outageBudget: "1d", notFoundGrace: "1d" };

const ENDS: readonly [how: string, settle: () => Settled, kind: string, name: string, message: string][] = [
  [
    "a task that failed",
    () => settledAfter([shows("FAILED", { taskType: "CHECK_RULES", errorMessage: " disk full\n" })]),
    "failed",
    "TaskFailedError",
    `task ${TASK_ID} (CHECK_RULES) failed: disk full [waited 1 min 00 s]`,
  ],
  [
    "a task that failed without a word",
    () => settledAfter([shows("FAILED", { errorMessage: "  " })]),
    "failed",
    "TaskFailedError",
    `task ${TASK_ID} failed [waited 1 min 00 s]`,
  ],
  [
    "a task that expired",
    () => settledAfter([shows("RUNNING"), shows("EXPIRED")]),
    "expired",
    "TaskExpiredError",
    `task ${TASK_ID} expired [waited 2 min 00 s]`,
  ],
  [
    "a task that was canceled",
    () => settledAfter([shows("CANCELED")]),
    "canceled",
    "TaskCanceledError",
    `task ${TASK_ID} was canceled [waited 1 min 00 s]`,
  ],
  [
    "a deadline without a poll",
    () => settledAfter([]),
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 1.0 s and 0 polls: it was never seen and may still be running`,
  ],
  [
    "a deadline while the task runs",
    () => settledAfter([shows("RUNNING", { progress: 4200 })]),
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 1 min 01 s and 1 poll: it was last seen RUNNING at 42 % and may still be running`,
  ],
  [
    "a deadline after failures",
    () => settledAfter([shows("RUNNING"), refused(), refused()], LONG),
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 3 min 01 s and 3 polls (2 failed): it was last seen RUNNING and may still be running; last failure: the connection was refused`,
  ],
  [
    "a deadline while the task is not known",
    () => settledAfter([notFound(), notFound()], LONG),
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 2 min 01 s and 2 polls (2 failed): the service does not know this task; last failure: DescribeTask failed: no such task`,
  ],
  [
    "a deadline while nobody answers",
    () => settledAfter([refused()], LONG),
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 1 min 01 s and 1 poll (1 failed): it was never seen and may still be running; last failure: the connection was refused`,
  ],
  [
    "a deadline while a schema reads the result",
    () => {
      const { state } = settledAfter([shows("COMPLETE")]);
      const { ended: _, ...reading } = state;
      return decideTimeout(reading, BEGAN_MS + 61_000) as Settled;
    },
    "timedOut",
    "WaitTimeoutError",
    `gave up waiting for task ${TASK_ID} after 1 min 01 s and 1 poll: it was last seen COMPLETE, and its result was still being read`,
  ],
  [
    "a result that can't be used",
    () =>
      settleMismatch(
        settledAfter([shows("COMPLETE")]).state,
        { mismatch: "the result does not match" },
        BEGAN_MS + 61_000,
      ),
    "unreachable",
    "ProtocolError",
    "the result does not match",
  ],
  [
    "a grace that is over",
    () => settledAfter([notFound(), notFound()]),
    "notFound",
    "TaskNotFoundError",
    `task ${TASK_ID} is not known to the service: DescribeTask failed: no such task`,
  ],
  [
    "a refusal",
    () => settledAfter([fails(new AccessDeniedError("no credentials"))]),
    "denied",
    "AccessDeniedError",
    `not allowed to see task ${TASK_ID}: no credentials`,
  ],
  [
    "a budget that is spent",
    () => settledAfter([refused(), refused()], { outageBudget: "1m" }),
    "unreachable",
    "UnreachableError",
    `could not find out how task ${TASK_ID} is, after 2 failed polls: the connection was refused`,
  ],
  [
    "a call that is never taken",
    () => settledAfter([fails(new InvalidOptionError("no such region"))]),
    "unreachable",
    "UnreachableError",
    `could not find out how task ${TASK_ID} is, after 1 failed poll: no such region`,
  ],
  [
    "a mistake in the source",
    () => settledAfter([fails(new TypeError("x is not a function"))]),
    "unreachable",
    "ProtocolError",
    `could not find out how task ${TASK_ID} is, after 1 failed poll: the source threw TypeError: x is not a function`,
  ],
];

describe("how a wait ends", () => {
  it.each(ENDS)("%s: kind, class and words", (_, settle, kind, name, message) => {
    const settled = settle();
    expect(settled.outcome.kind).toBe(kind);
    expect(errorOf(settled)).toMatchObject({ name, message, taskId: TASK_ID });
    expect(settled.state.ended).toMatchObject({ kind, message });
    expect(settled.events.slice(-2)).toEqual([
      { name: kind, payload: errorOf(settled) },
      { name: "settled", payload: settled.outcome },
    ]);
  });

  it.each(ENDS)("%s: the same after its checkpoint was resumed, and told again", (_, settle) => {
    const settled = settle();
    const again = toldAgain(settled);
    const [before, after] = [errorOf(settled), errorOf(again)];
    expect(again.outcome.kind).toBe(settled.outcome.kind);
    expect([after.name, after.message]).toEqual([before.name, before.message]);
    expect([after.polls, after.failures]).toEqual([before.polls, before.failures]);
    expect((after.cause as Error | undefined)?.message).toBe((before.cause as Error | undefined)?.message);
    expect(after.elapsedMs).toBe(1e6);
    expect(again.events.map(({ name }) => name)).toEqual([settled.outcome.kind, "settled"]);
  });

  it.each([
    ["a broken connection", refused],
    [
      "a throttle",
      () => fails(new BdrcApiError("slow down", { httpStatus: 400, apiCode: "Throttling.User" })),
    ],
    ["an unknown task", notFound],
  ])("a deadline between two polls has %s as its cause, from the state alone", (_, fail) => {
    const failure = fail() as Extract<Observation, { readonly error: Error }>;
    const { state } = decide(
      beginWait(TASK_ID, { nowMs: BEGAN_MS, options: resolveWaitOptions(LONG) }),
      failure,
      { nowMs: BEGAN_MS + 1, random: () => 0.5, options: resolveWaitOptions(LONG) },
    );
    const error = errorOf(decideTimeout(throughJson(state), BEGAN_MS + 1e9) as Settled);

    expect(error.name).toBe("WaitTimeoutError");
    expect(error.message).toContain(`last failure: ${failure.error.message}`);
    expect(error.cause).toMatchObject({ name: failure.error.name, message: failure.error.message });
  });

  it.each<[string, () => Settled]>([
    [
      "a last good poll at the deadline",
      () => settledAfter([refused(), shows("RUNNING")], { timeout: "90s" }),
    ],
    [
      "a result that does not match",
      () => {
        const { state } = settledAfter([refused(), shows("COMPLETE")]);
        return settleMismatch(state, { mismatch: "the result does not match" }, BEGAN_MS + 1e5);
      },
    ],
    ["a task that failed", () => settledAfter([refused(), shows("FAILED")])],
  ])("%s has no failed poll as its cause, also when it is told again", (_, settle) => {
    const settled = settle();
    const again = toldAgain(settled);

    expect(errorOf(settled).cause).toBeUndefined();
    expect(errorOf(again).cause).toBeUndefined();
  });

  it("a failure that quotes a whole answer is cut in the state", () => {
    const failure = {
      kind: "transient",
      error: new Error("x".repeat(1e6), { cause: new Error("y".repeat(1e6)) }),
    } as const;
    const options = resolveWaitOptions(LONG);
    const { state } = decide(beginWait(TASK_ID, { nowMs: BEGAN_MS, options }), failure, {
      nowMs: BEGAN_MS + 1,
      random: () => 0.5,
      options,
    });

    expect(JSON.stringify(state).length).toBeLessThan(3000);
  });

  it("completes with the task, and no error", () => {
    const { outcome, state, events } = settledAfter([shows("COMPLETE")]);
    expect(outcome).toEqual({ kind: "complete", task: state.task });
    expect(state.ended).toEqual({ kind: "complete", message: "" });
    expect(events.at(-2)).toEqual({ name: "complete", payload: state.task });
  });

  it("aborts with the caller's reason, and leaves the state open", () => {
    const { state } = settledAfter([shows("RUNNING")]);
    const { ended: _, ...open } = state;
    const aborted = settleAborted(open, "reason");
    expect(aborted.state).toBe(open);
    expect(aborted.kind).toBe("settle");
    expect(aborted.outcome).toEqual({ kind: "aborted", error: "reason", task: state.task });
  });

  it("aborts without a task that was never seen", () => {
    const begun = beginWait(TASK_ID, { nowMs: BEGAN_MS, options: resolveWaitOptions() });
    expect(settleAborted(begun, "reason").outcome).toStrictEqual({ kind: "aborted", error: "reason" });
  });

  it("resumes a wait that ended by an abort as aborted", () => {
    const state = { ...beginWait(TASK_ID, { nowMs: BEGAN_MS, options: resolveWaitOptions() }) };
    const again = settleResumed({ ...state, ended: { kind: "aborted", message: "enough" } }, BEGAN_MS);
    expect(again.outcome).toMatchObject({
      kind: "aborted",
      error: { name: "AbortError", message: "enough" },
    });
  });

  it("carries the task as it was last seen, and what was counted", () => {
    const { outcome, state } = settledAfter([shows("RUNNING"), refused()], LONG);
    expect(outcome).toMatchObject({ task: state.task, error: { task: state.task } });
    expect((outcome as { error: TaskwaitError }).error).toMatchObject({
      polls: 2,
      failures: 1,
      elapsedMs: 121_000,
    });
    expect(settledAfter([refused()], LONG).outcome).not.toHaveProperty("task");
  });
});

describe("the cause of an end", () => {
  const answer = new BdrcApiError("DescribeTask failed: busy", {
    httpStatus: 503,
    apiCode: "ServiceUnavailable",
    requestId: "R-1",
    cause: new Error("below"),
  });

  it.each<[string, () => Settled, unknown]>([
    ["of a timeout is the last failure", () => settledAfter([refused(), fails(answer)], LONG), answer],
    [
      "of a timeout also after a good poll",
      () => settledAfter([fails(answer), shows("RUNNING")], LONG),
      answer,
    ],
    [
      "of a timeout also when it was throttled",
      () => settledAfter([fails(new BdrcApiError("slow", { httpStatus: 429, apiCode: "Throttling" }))], LONG),
      expect.objectContaining({ apiCode: "Throttling" }),
    ],
    ["of a timeout without a failure is none", () => settledAfter([shows("RUNNING")]), undefined],
    [
      "of an outage is the last failure",
      () => settledAfter([refused(), fails(answer)], { outageBudget: "1m" }),
      answer,
    ],
    ["of a failed task is none", () => settledAfter([refused(), shows("FAILED")]), undefined],
    ["of an expired task is none", () => settledAfter([refused(), shows("EXPIRED")]), undefined],
    ["of a canceled task is none", () => settledAfter([refused(), shows("CANCELED")]), undefined],
  ])("%s", (_, settle, cause) => {
    const error = errorOf(settle());
    expect(error.cause).toEqual(cause);
    expect("cause" in error).toBe(cause !== undefined);
  });

  it("of a mistake in the source is that mistake", () => {
    const mistake = new TypeError("x is not a function");
    expect(errorOf(settledAfter([fails(mistake)])).cause).toBe(mistake);
  });
});

describe("an unknown status", () => {
  it("takes little room in a checkpoint, however many and long there are", () => {
    const odd = Array.from({ length: 60 }, (_, at) => shows(`${at} ${"X".repeat(1e5)}`));
    const { state, events } = settledAfter([...odd, ...odd, shows("RUNNING")], LONG);
    expect(state.warned).toHaveLength(20);
    expect(JSON.stringify(state).length).toBeLessThan(5000);
    expect(events.filter(({ name }) => name === "warning")).toEqual([]);
  });

  it("is warned of once, in a text that a terminal can show", () => {
    const nowMs = BEGAN_MS;
    const waitOptions = { options: resolveWaitOptions(), random: () => 0.5, nowMs };
    const begun = beginWait(TASK_ID, waitOptions);
    const first = decide(begun, shows("ODD\u001b"), waitOptions);
    const message = `task ${TASK_ID} has the unknown status "ODD\\u{1b}"; waiting goes on`;
    const warning = { name: "warning", payload: { taskId: TASK_ID, code: "UNKNOWN_STATUS", message } };
    expect(first.events.filter(({ name }) => name === "warning")).toEqual([warning]);
    expect(first.state.warned).toEqual(["ODD\\u{1b}"]);
    const again = decide(first.state, shows("ODD\u001b"), waitOptions);
    expect(again.events.map(({ name }) => name)).toEqual(["poll"]);
  });

  it("is warned of with the declared word that it nearly is", () => {
    const waitOptions = { options: resolveWaitOptions(), random: () => 0.5, nowMs: BEGAN_MS };
    const task = { taskId: TASK_ID, taskStatus: "DONE", nearestWord: "done\u001b" };
    const { events } = decide(beginWait(TASK_ID, waitOptions), { kind: "task", task }, waitOptions);
    expect(events.at(-1)?.payload).toMatchObject({
      message: `task ${TASK_ID} has the unknown status "DONE", which the declaration has as "done\\u{1b}"; waiting goes on`,
    });
  });
});

describe("a wait that polls once", () => {
  it("says that the task is not known, not that time is up", () => {
    expect(settledAfter([notFound()], { timeoutMs: 0 }).outcome.kind).toBe("notFound");
  });

  it("is out of time when the one poll failed otherwise", () => {
    expect(settledAfter([refused()], { timeoutMs: 0 }).outcome.kind).toBe("timedOut");
  });
});

describe("whether starting a failed task again is sensible", () => {
  const retryable = (errorMessage?: string): boolean => {
    const { outcome } = settledAfter([shows("FAILED", errorMessage === undefined ? {} : { errorMessage })]);
    return outcome.kind === "failed" && outcome.error.retryable;
  };

  it("is said when the service speaks of throttling or of a passing fault", () => {
    const said = [
      "Too Many Requests",
      "Throttling.User",
      "request was throttled",
      "Flow Control",
      "rate limit exceeded",
      "rate-limited",
      "ratelimit",
      "temporarily out of order",
      "Temporary failure",
      "the call timed out",
      "call time out",
      "Timeout",
      "TimedOut",
      "please try again later",
      "the system is busy",
      "ServiceUnavailable",
      "Internal Error",
    ];
    expect(said.filter((message) => !retryable(message))).toEqual([]);
  });

  it("is not said of anything else", () => {
    const said = [
      "disk full",
      "no permission",
      "quota exceeded",
      "internal",
      "limit reached",
      "the time is out",
    ];
    expect([...said, "", undefined].filter((message) => retryable(message))).toEqual([]);
  });

  it("is read from the beginning of a text of any length", () => {
    expect(retryable(`throttled ${" ".repeat(1e6)}`)).toBe(true);
    expect(retryable(`${" ".repeat(1e6)} throttled`)).toBe(false);
  });
});
