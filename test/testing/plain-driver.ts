import { timedCall } from "../../src/async/timed-call.ts";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide, decideTimeout } from "../../src/policy/decide/decide.ts";
import { settleAborted } from "../../src/policy/decide/settle.ts";
import { observe, observeError } from "../../src/policy/observe/observe.ts";
import { resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import type { Outcome } from "../../src/task/outcome.ts";
import type { DrivenWait, WaitDriver } from "../../src/testing/index.ts";

/**
 * The least that can drive a wait: one loop over the pure step. It shows that the suite asks for nothing that
 * only the engine has.
 */
export const plainDriver: WaitDriver = {
  start: (source, taskId, { resume, ...given }): DrivenWait => {
    const options = resolveWaitOptions(given);
    const own = new AbortController();
    const nowMs = Date.now();
    let state: WaitState =
      resume === undefined
        ? beginWait(taskId, { nowMs, options })
        : resumeWait(taskId, { checkpoint: resume, nowMs });

    const poll = async (): Promise<Outcome | undefined> => {
      const lastMs = options.timeoutMs === 0 ? options.pollTimeoutMs : state.deadlineMs - Date.now();
      // Not AbortSignal.any() with AbortSignal.timeout(): Node 20 may collect the latter before its time is over.
      const observation = await timedCall(({ signal }) => observe(source, taskId, signal), {
        timeoutMs: Math.max(1, Math.min(options.pollTimeoutMs, lastMs)),
        signal: own.signal,
        onTimeout: () => new Error("no answer in time"),
      }).promise.catch(observeError);
      if (own.signal.aborted) {
        return settleAborted(state, own.signal.reason).outcome;
      }
      const timedOut = observation.kind !== "task" && Date.now() >= state.deadlineMs;
      const decision = timedOut
        ? decideTimeout(state, Date.now())
        : decide(state, observation, { nowMs: Date.now(), random: Math.random, options });
      state = decision.state;
      return decision.kind === "settle" ? decision.outcome : undefined;
    };

    const run = async (): Promise<Outcome> => {
      for (;;) {
        const ended = state.ended === undefined ? undefined : decideTimeout(state, Date.now());
        if (ended?.kind === "settle") {
          return ended.outcome;
        }
        const outcome = await poll();
        if (outcome !== undefined) {
          return outcome;
        }
        await pause(state.nextPollAtMs - Date.now(), own.signal);
        if (own.signal.aborted) {
          return settleAborted(state, own.signal.reason).outcome;
        }
      }
    };
    return { outcome: run(), abort: (reason) => own.abort(reason), checkpoint: () => state };
  },
};

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener("abort", end);
  });
}
