import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginWait, movedBack } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { rememberWait } from "../../src/policy/decide/learn-from-wait.ts";
import { nextPoll } from "../../src/policy/decide/next-poll.ts";
import {
  estimateReliability,
  historyOf,
  restoreHistory,
  type TaskHistory,
} from "../../src/policy/forecast/history.ts";
import { estimateWeight } from "../../src/policy/forecast/service-estimate.ts";
import type { Decision } from "../../src/policy/state/decision.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import { restoreWait, type WaitState } from "../../src/policy/state/wait-state.ts";
import type { Task } from "../../src/task/task.ts";

const TASK_ID = "t-0000e4w0u1v592zdf6s7";
const BEGAN_MS = 1_700_000_000_000;
const options = { ...DEFAULT_WAIT_OPTIONS, timeoutMs: 1e9, minIntervalMs: 0, maxIntervalMs: 1e9 };

type Polled = readonly [seconds: number, fields: Partial<Task>];

/** A wait on a task that began with it and was seen so. */
function seen(
  polls: readonly Polled[],
  history: TaskHistory = [],
): { readonly decision: Decision; readonly state: WaitState; readonly delayS: number } {
  let state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options, justStarted: true });
  let decision: Decision | undefined;
  for (const [seconds, fields] of polls) {
    const task: Task = { taskId: TASK_ID, taskType: "A", taskStatus: "RUNNING", ...fields };
    const context = { nowMs: BEGAN_MS + 1000 * seconds, random: () => 0.5, options, history };
    decision = decide(state, { kind: "task", task }, context);
    state = decision.state;
  }
  if (decision === undefined) {
    throw new Error("no polls");
  }
  return { decision, state, delayS: decision.kind === "poll" ? decision.delayMs / 1000 : Number.NaN };
}

/** What a service says at these seconds of a task that runs for so long. */
const saying = (
  polls: readonly number[],
  durationS: number,
  estimate: (left: number) => number,
): readonly Polled[] =>
  polls.map((seconds) => [seconds, { remaining: Math.round(estimate(durationS - seconds)) }]);
const silent = (polls: readonly Polled[]): readonly Polled[] => polls.map(([seconds]) => [seconds, {}]);

const POLLS = [2, 5, 12, 25, 45, 70];
/** Every estimate of fifty tasks was right. */
const RIGHT: TaskHistory = [
  { taskType: "A", durations: [], judged: 0, reliable: 0, estimates: { judged: 50, reliable: 50 } },
];

describe("a service's own estimate of the time left", () => {
  it("is when the next poll comes, near the end that it names", () => {
    const { delayS } = seen(
      saying([...POLLS, 100, 130, 160], 200, (left) => left),
      RIGHT,
    );
    expect(delayS).toBeGreaterThan(37);
    expect(delayS).toBeLessThan(42);
  });

  it("spares polls from the first task on, and more where earlier tasks of the type had it right", () => {
    const polls = saying(POLLS, 500, (left) => left);
    const [without, first, known] = [seen(silent(polls)), seen(polls), seen(polls, RIGHT)];
    expect(first.delayS).toBeGreaterThan(2 * without.delayS);
    expect(known.delayS).toBeGreaterThan(6 * without.delayS);
  });

  it("is vague at first, whatever it says", () => {
    const { state } = seen([[2, { remaining: 600 }]]);
    expect(state.estimateTrack?.prediction.remaining).toBe(600);
    expect(state.estimateTrack?.prediction.scale).toBeGreaterThan(150);
  });

  it.each([
    ["twice", 2],
    ["half", 0.5],
  ])("that says %s what is left is corrected as it is counted down", (_, factor) => {
    const { state } = seen(saying([...POLLS, 100, 130, 160], 200, (left) => factor * left));
    const said = factor * 40;
    const predicted = state.estimateTrack?.prediction.remaining ?? Number.NaN;
    expect(Math.abs(predicted - 40)).toBeLessThan(0.7 * Math.abs(said - 40));
  });

  it("is nothing as long as it is 0: services say that of a time that they don't know", () => {
    const zeros = saying(POLLS, 200, () => 0);
    expect(seen(zeros).state.estimateTrack).toBeUndefined();
    expect(seen(zeros).delayS).toBe(seen(silent(zeros)).delayS);
  });

  it("that has come to 0 says less and less the longer the task runs on", () => {
    const over = (seconds: number) =>
      seen([...saying(POLLS, 80, (left) => left), ...saying([80, 82, 85, seconds], 80, () => 0)]);
    expect(over(120).state.estimateTrack?.prediction.remaining).toBe(40);
    expect(over(90).delayS).toBeLessThan(over(120).delayS);
    expect(over(120).delayS).toBeLessThan(over(400).delayS);
  });

  it("is trusted less at every poll that finds the task running where the end was named", () => {
    const polls = Array.from({ length: 30 }, (_, i) => 10 * (i + 1));
    const soon = seen(saying(polls, 1e6, () => 5));
    const weight = estimateWeight(estimateReliability(undefined), soon.state.estimateTrack ?? raise());
    expect(weight).toBeLessThan(0.2);
    expect(soon.delayS / seen(silent(saying(polls, 1, () => 0))).delayS).toBeGreaterThan(0.7);
  });

  it("never stretches a gap beyond 1 / sqrt(1 - weight) of the gap without it", () => {
    const polls = fc.array(
      fc.record({
        gap: fc.integer({ min: 200, max: 600_000 }),
        remaining: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(-1, 1e308, 0)),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(polls, (reported) => {
        let atMs = 0;
        const told = reported.map(({ gap, remaining }): Polled => {
          atMs += gap;
          return [atMs / 1000, { remaining }];
        });
        const { state, delayS } = seen(told);
        const track = state.estimateTrack;
        const weight = track === undefined ? 0 : estimateWeight(estimateReliability(undefined), track);
        expect(delayS).toBeGreaterThan(0);
        expect(delayS).toBeLessThanOrEqual(
          (seen(silent(told)).delayS / Math.sqrt(1 - weight)) * (1 + 1e-6) + 1e-6,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("gives way to a progress that tells the end more exactly", () => {
    const even = POLLS.map((s): Polled => [s, { progress: 50 * s }]);
    const besides = even.map(
      ([s, fields], i): Polled => [s, { ...fields, remaining: i % 2 === 0 ? 30 : 900 }],
    );
    expect(seen(besides).delayS).toBeCloseTo(seen(even).delayS, 6);
  });

  it("takes the place of a progress of which the type's has never told the end", () => {
    const stuck = POLLS.map((s): Polled => [s, { progress: 9900, remaining: 200 - s }]);
    const lied: TaskHistory = [{ taskType: "A", durations: [], judged: 50, reliable: 0 }];
    const alone = stuck.map(([s, { remaining = 0 }]): Polled => [s, { remaining }]);
    expect(seen(stuck, lied).delayS).toBeCloseTo(seen(alone, lied).delayS, 6);
  });

  it("is forgotten when a poll brings none", () => {
    const { state } = seen([...saying(POLLS, 200, (left) => left), [80, {}]]);
    expect(state.estimateTrack).toBeUndefined();
  });
});

describe("the expected end that a service's estimate gives", () => {
  const polls = saying(POLLS, 200, (left) => left);
  const etaMs = (history: TaskHistory): number | undefined => {
    const poll = seen(polls, history).decision.events.find(({ name }) => name === "poll");
    return poll?.name === "poll" ? poll.payload.etaMs : undefined;
  };

  it("is in the poll event", () => {
    expect(etaMs([])).toBe(130_000);
  });

  it("is absent when the type's estimates were never right, and earlier run times take its place", () => {
    const estimates = { judged: 50, reliable: 0 };
    const known = { taskType: "A", durations: [], judged: 0, reliable: 0, estimates };
    expect(etaMs([known])).toBeUndefined();
    expect(etaMs([{ ...known, durations: [100, 100, 100, 100, 100] }])).toBe(31_000);
  });
});

describe("what a task teaches of its type's estimates", () => {
  const taught = (estimate: (left: number) => number, endsAt = 75): TaskHistory => {
    const polls = saying(POLLS, 75, estimate);
    return rememberWait([], seen([...polls, [endsAt, { taskStatus: "COMPLETE" }]]).state);
  };
  const reliability = (history: TaskHistory): number => estimateReliability(historyOf(history, "A"));

  it("is that they were right when it ended where they said", () => {
    expect(
      historyOf(
        taught((left) => left),
        "A",
      )?.estimates,
    ).toEqual({ judged: 1, reliable: expect.closeTo(1, 1) });
    expect(reliability(taught((left) => left))).toBeGreaterThan(0.8);
  });

  it("is that they were wrong when it ended long before", () => {
    expect(reliability(taught(() => 86_400))).toBeLessThan(0.7);
  });

  it("is that they were wrong when they had named an end again and again", () => {
    expect(reliability(taught(() => 1))).toBeLessThan(0.7);
  });

  it("is nothing where it gave none, and leaves what is known of progress", () => {
    const history = rememberWait(
      [{ taskType: "A", durations: [], judged: 3, reliable: 2, estimates: { judged: 4, reliable: 1 } }],
      seen([
        [2, {}],
        [9, { taskStatus: "COMPLETE" }],
      ]).state,
    );
    expect(history).toMatchObject([{ judged: 3, reliable: 2, estimates: { judged: 4, reliable: 1 } }]);
  });
});

describe("estimates that are kept", () => {
  const { state } = seen(saying(POLLS, 200, (left) => left));

  it("go on from plain JSON as they were", () => {
    const carried = restoreWait(JSON.parse(JSON.stringify(state)), TASK_ID);
    const context = { nowMs: BEGAN_MS + 70_000, random: () => 0.5, options };
    expect(nextPoll(carried, context)).toEqual(nextPoll(state, context));
  });

  it("go on by a clock that is behind", () => {
    const byMs = 3_600_000;
    const context = { random: () => 0.5, options };
    expect(
      nextPoll(movedBack(state, byMs), { ...context, nowMs: BEGAN_MS + 70_000 - byMs }).delayMs,
    ).toBeCloseTo(nextPoll(state, { ...context, nowMs: BEGAN_MS + 70_000 }).delayMs, 3);
    expect(movedBack(state, byMs).estimateTrack?.endAtMs).toBe((state.estimateTrack?.endAtMs ?? 0) - byMs);
  });

  it.each([
    [{ fit: 0 }],
    [{ fit: 2 }],
    [{ quantum: 0 }],
    [{ driftVariance: -1 }],
    [{ origin: undefined }],
    [{ prediction: { remaining: -1, scale: 1 } }],
    [{ prediction: { remaining: 1, scale: 0 } }],
  ])("are refused in a checkpoint with %j", (broken) => {
    const checkpoint = { ...state, estimateTrack: { ...state.estimateTrack, ...broken } };
    expect(() => restoreWait(checkpoint, TASK_ID)).toThrow(/^resume: not a checkpoint: estimateTrack\./);
  });

  it("are refused in a history where more were right than compared, and read where there are none", () => {
    const known = { taskType: "A", durations: [1], judged: 0, reliable: 0 };
    expect(restoreHistory([known], "TaskWaiter")).toEqual([known]);
    expect(() => restoreHistory([{ ...known, estimates: { judged: 1, reliable: 2 } }], "TaskWaiter")).toThrow(
      /^TaskWaiter: history: \[0\]\.estimates: reliable must not exceed judged/,
    );
  });
});

function raise(): never {
  throw new Error("no track");
}
