import { sleep } from "../async/sleep.ts";
import type { OutcomeRecord } from "../durable/outcome-record.ts";
import { ARRIVAL_SLACK_MS, MIN_PAUSE_MS } from "../durable/paced-rate.ts";
import { isTooLate, pollLimitMs, pollWithin } from "../durable/poll-within.ts";
import { decidePoll } from "../durable/step.ts";
import { toOutcomeRecord } from "../durable/to-outcome-record.ts";
import { decideTimeout } from "../policy/decide/decide.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import type { TaskSource } from "../task/source.ts";
import type { Slot, Subscription } from "./handlers.ts";

/** A task and all that wait for it. */
export interface Entry {
  readonly taskId: string;
  readonly waits: readonly Subscription[];
}

/** What became of one wait. */
export interface Step {
  readonly awakeableId: string;
  readonly state: WaitState;
  /** Only when the wait has ended. */
  readonly outcome?: OutcomeRecord;
}

/** What polling some tasks gave. Plain JSON. */
export interface BatchResult {
  /** When it was begun with. */
  readonly beganMs: number;
  readonly nowMs: number;
  /** By task; one whose turn was missed is not there. */
  readonly steps: Readonly<Record<string, readonly Step[]>>;
  /** How long the service wants to be left alone, in milliseconds, if it does. */
  readonly pauseMs?: number;
}

// A call that is later than this is not made, and booked again: more would use up the slack of the rate, which is for
// the way, too.
const TURN_GRACE_MS = 100;
/**
 * When what failed is tried again at the earliest. Later than the grace: of the turns that a killed process had taken,
 * none is then left for who goes on with its batch, or a booking would be called for twice.
 */
export const RETRY_AFTER_MS: number = ARRIVAL_SLACK_MS;
// A backlog of this much doubles the wait price.
const PRICE_BACKLOG_MS = 500;

/**
 * Polls some tasks, each in its turn, and decides for all their waits. It never rejects.
 *
 * @param signal - Once it is aborted no further call is made: somebody else goes on with the batch.
 */
export async function pollBatch(
  source: TaskSource,
  entries: readonly Entry[],
  slot: Slot,
  signal: AbortSignal,
): Promise<BatchResult> {
  const steps: Record<string, readonly Step[]> = {};
  const beganMs = Date.now();
  let pauseMs = 0;
  await Promise.all(
    entries.map(async ({ taskId, waits }, index) => {
      const turnMs = slot.atMs + index * slot.everyMs;
      await sleep(Math.max(0, turnMs - Date.now()));
      if (pauseMs > 0 || signal.aborted || Date.now() > turnMs + TURN_GRACE_MS) {
        return;
      }
      const nowMs = Date.now();
      const inTime = waits.filter(({ state }) => !isTooLate(state, nowMs));
      const limitMs = Math.min(...inTime.map(({ state, options }) => pollLimitMs(state, options, nowMs)));
      const poll = inTime.length === 0 ? undefined : await pollWithin(source, taskId, limitMs);
      if (poll?.observation.kind === "throttled") {
        pauseMs = Math.max(pauseMs, poll.observation.retryAfterMs ?? MIN_PAUSE_MS);
      }
      steps[taskId] = waits.map(({ awakeableId, state, options }) => {
        const decision =
          poll === undefined || isTooLate(state, nowMs)
            ? decideTimeout(state, nowMs)
            : decidePoll(source, state, priced(options, slot), poll);
        const outcome = decision.kind === "settle" ? { outcome: toOutcomeRecord(decision.outcome) } : {};
        return { awakeableId, state: decision.state, ...outcome };
      });
    }),
  );
  return { beganMs, nowMs: Date.now(), steps, ...(pauseMs > 0 ? { pauseMs } : {}) };
}

/** All pollers see the same backlog, so all of them ask for less when there is more to do than may be done. */
function priced(options: ResolvedWaitOptions, { backlogMs }: Slot): ResolvedWaitOptions {
  return { ...options, waitPriceMs: options.waitPriceMs * (1 + backlogMs / PRICE_BACKLOG_MS) };
}
