import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "vitest";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide, decideTimeout } from "../../src/policy/decide/decide.ts";
import type { DecideContext, Decision } from "../../src/policy/state/decision.ts";
import type { ResolvedWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import { OUTCOME_KINDS } from "../../src/task/outcome.ts";
import { isFinalStatus } from "../../src/task/status.ts";
import { soak } from "../soak.ts";
import { options, type Step, steps, TASK_ID } from "./observations.ts";

const BEGAN_MS = Date.UTC(2026, 0, 1);
const RUNS = { numRuns: soak(1000) };

interface Turn {
  readonly before: WaitState;
  readonly step: Step;
  readonly context: DecideContext;
  readonly decision: Decision;
}

/** Runs a wait through the steps, as a driver would, until it settles. `carry` is what happens to the state between. */
function run(
  options: ResolvedWaitOptions,
  steps: readonly Step[],
  carry: (state: WaitState, nowMs: number) => WaitState = (state) => state,
): Turn[] {
  let nowMs = BEGAN_MS;
  let state = beginWait(TASK_ID, { nowMs, options });
  const turns: Turn[] = [];
  for (const step of steps) {
    nowMs = Math.max(nowMs, state.nextPollAtMs) + step.lateMs + step.callMs;
    const context = { nowMs, random: () => step.chance, options, callMs: step.callMs };
    const decision = decide(state, step.observation, context);
    turns.push({ before: state, step, context, decision });
    if (decision.kind === "settle") {
      break;
    }
    state = carry(decision.state, nowMs);
  }
  return turns;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !(value instanceof Error) && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Decisions as values: errors by what they say. */
function comparable(decision: Decision): unknown {
  return JSON.parse(
    JSON.stringify(decision, (_, value) =>
      value instanceof Error ? { ...value, name: value.name, message: value.message } : value,
    ),
  );
}

function check(
  property: (turns: Turn[], options: ResolvedWaitOptions, steps: readonly Step[]) => void,
): void {
  fc.assert(
    fc.property(options, steps, (given, all) => {
      property(run(given, all), given, all);
    }),
    RUNS,
  );
}

describe("decide, for any sequence of observations", { timeout: 60_000 }, () => {
  it("never polls after it has settled, and always settles the same way", () => {
    check((turns, given, all) => {
      const last = turns.at(-1);
      if (last?.decision.kind !== "settle") {
        return;
      }
      const { outcome, state } = last.decision;
      for (const { observation } of all.slice(0, 5)) {
        const nowMs: number = last.context.nowMs + 1e6;
        const decisions: Decision[] = [
          decide(state, observation, { nowMs, random: () => 0.5, options: given }),
          decideTimeout(state, nowMs),
        ];
        for (const again of decisions) {
          assert.ok(again.kind === "settle" && again.state === state);
          assert.equal(again.outcome.kind, outcome.kind);
          assert.deepEqual(again.events, []);
        }
      }
    });
  });

  it("settles within the steps or goes on; nothing else", () => {
    check((turns) => {
      for (const { decision } of turns.slice(0, -1)) {
        assert.equal(decision.kind, "poll");
      }
    });
  });

  it("never schedules past the deadline", () => {
    check((turns) => {
      for (const { decision, context } of turns) {
        if (decision.kind === "poll") {
          assert.ok(decision.delayMs >= 0);
          assert.ok(context.nowMs + decision.delayMs <= decision.state.deadlineMs);
          assert.equal(decision.state.nextPollAtMs, context.nowMs + decision.delayMs);
        }
      }
    });
  });

  it("never goes on when the deadline has come", () => {
    check((turns) => {
      for (const { decision, context, before } of turns) {
        if (context.nowMs >= before.deadlineMs) {
          assert.equal(decision.kind, "settle");
        }
      }
    });
  });

  it("keeps every delay within its intervals, but for the deadline and the end of a budget or grace", () => {
    check((turns, { minIntervalMs, maxIntervalMs, outageBudgetMs, notFoundGraceMs }) => {
      for (const { decision, context, step } of turns) {
        if (decision.kind !== "poll") {
          continue;
        }
        const { state, delayMs } = decision;
        // Sums of large moments and small delays are rounded.
        if (state.deadlineMs - state.nextPollAtMs < 1e-3) {
          continue;
        }
        const asked = step.observation.kind === "throttled" ? (step.observation.retryAfterMs ?? 0) : 0;
        assert.ok(delayMs <= maxIntervalMs + 1e-6);
        const limitAtMs =
          step.observation.kind === "transient"
            ? state.contactAtMs + outageBudgetMs
            : step.observation.kind === "notFound"
              ? (state.missingSinceMs ?? 0) + notFoundGraceMs
              : Number.POSITIVE_INFINITY;
        const toDeadline = state.deadlineMs - context.nowMs;
        // The last poll comes before the deadline by twice the time of a call, or by pollTimeoutMs.
        const isCut = toDeadline < Math.max(minIntervalMs, asked) + 2 * Math.max(20_000, step.callMs) + 200;
        if (!isCut && limitAtMs - context.nowMs >= minIntervalMs) {
          assert.ok(delayMs >= minIntervalMs - 1e-6);
        }
        if (!isCut) {
          const bound = Math.min(limitAtMs - context.nowMs, 0.9 * maxIntervalMs);
          assert.ok(delayMs >= Math.min(asked, bound) - 1e-6);
        }
      }
    });
  });

  it("makes finite numbers only", () => {
    check((turns) => {
      for (const { decision } of turns) {
        for (const value of Object.values(decision.state)) {
          if (typeof value === "number") {
            assert.ok(Number.isFinite(value));
          }
        }
      }
    });
  });

  it("answers equal arguments equally, and changes none of them", () => {
    check((turns) => {
      for (const { before, step, context, decision } of turns) {
        const frozen = deepFreeze(structuredClone(before));
        const again = decide(frozen, deepFreeze(step.observation), Object.freeze({ ...context }));
        assert.deepEqual(comparable(again), comparable(decision));
      }
    });
  });

  it("has a state that survives JSON at every step, with the same future", () => {
    check((turns, given, all) => {
      const carried = run(given, all, (state) => JSON.parse(JSON.stringify(state)));
      assert.deepEqual(
        carried.map(({ decision }) => comparable(decision)),
        turns.map(({ decision }) => comparable(decision)),
      );
    });
  });

  it("has a state that can be checked and resumed at every step, with the same future but for outages", () => {
    check((turns, options) => {
      for (const { decision, context } of turns) {
        const { nowMs } = context;
        const checkpoint = JSON.parse(JSON.stringify(decision.state));
        const state = resumeWait(TASK_ID, { checkpoint, nowMs, options });
        const nextPollAtMs = Math.min(checkpoint.nextPollAtMs, nowMs + options.maxIntervalMs);
        const expected = { ...checkpoint, contactAtMs: nowMs, nextPollAtMs };
        assert.deepEqual(JSON.parse(JSON.stringify(state)), expected);
      }
    });
  });

  it("keeps a state that stays small, however long the wait", () => {
    check((turns) => {
      for (const { decision } of turns) {
        assert.ok(JSON.stringify(decision.state).length < 6000);
      }
    });
  });

  it("ends as the task's own status says when that is final, and only then in such a way", () => {
    const kinds: Record<string, string> = {
      COMPLETE: "complete",
      FAILED: "failed",
      EXPIRED: "expired",
      CANCELED: "canceled",
    };
    check((turns) => {
      for (const { decision, step } of turns) {
        const { observation } = step;
        const isFinal = observation.kind === "task" && isFinalStatus(observation.task.taskStatus);
        const kind = decision.kind === "settle" ? decision.outcome.kind : "";
        assert.equal(isFinal, ["complete", "failed", "expired", "canceled"].includes(kind));
        if (isFinal) {
          assert.equal(kind, kinds[observation.task.taskStatus]);
        }
      }
    });
  });

  it("never counts throttling as a failure or an outage", () => {
    check((turns) => {
      for (const { decision, before, step } of turns) {
        if (step.observation.kind === "throttled") {
          assert.equal(decision.state.failures, before.failures);
          assert.equal(decision.kind === "settle" ? decision.outcome.kind : "timedOut", "timedOut");
        }
      }
    });
  });

  it("gives up as unreachable only when the budget is spent, as notFound only when the grace is", () => {
    check((turns, { outageBudgetMs, notFoundGraceMs }) => {
      for (const { decision, before, step, context } of turns) {
        if (decision.kind !== "settle" || ["denied", "permanent"].includes(step.observation.kind)) {
          continue;
        }
        if (decision.outcome.kind === "unreachable") {
          assert.ok(context.nowMs - before.contactAtMs >= outageBudgetMs);
        }
        if (decision.outcome.kind === "notFound") {
          assert.ok(context.nowMs - (before.missingSinceMs ?? context.nowMs) >= notFoundGraceMs);
        }
      }
    });
  });

  it("counts every poll, and every failed one", () => {
    check((turns) => {
      const polls = turns.length;
      const failures = turns.filter(({ step }) =>
        ["transient", "notFound", "denied", "permanent"].includes(step.observation.kind),
      ).length;
      assert.equal(turns.at(-1)?.decision.state.polls, polls);
      assert.equal(turns.at(-1)?.decision.state.failures, failures);
    });
  });

  it("tells one ending, last, and `settled` after it; and none while it goes on", () => {
    check((turns) => {
      for (const { decision } of turns) {
        const names = decision.events.map(({ name }) => name);
        const ends = names.filter((name) => (OUTCOME_KINDS as readonly string[]).includes(name));
        if (decision.kind === "settle") {
          assert.deepEqual(names.slice(-2), [decision.outcome.kind, "settled"]);
          assert.equal(ends.length, 1);
        } else {
          assert.deepEqual([...ends, ...names.filter((name) => name === "settled")], []);
        }
      }
    });
  });

  it("warns of an unknown status once", () => {
    check((turns) => {
      const told = turns.flatMap(({ decision }) => decision.events).filter(({ name }) => name === "warning");
      const messages = told.map(({ payload }) => (payload as { message: string }).message);
      assert.equal(new Set(messages).size, messages.length);
    });
  });
});
