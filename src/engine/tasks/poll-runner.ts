import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { Observation } from "../../policy/observe/observe.ts";
import { failureScope, type ManyObservation } from "../../policy/observe/observe-many.ts";
import type { TaskSource } from "../../task/source.ts";
import { Poll, type PollAnswer, type PollContext, type PollResult } from "./poll.ts";
import type { TrackedTask } from "./tracked-task.ts";

/** What a poll means for each of its tasks. */
export interface PollResults {
  readonly results: readonly (readonly [TrackedTask, PollResult])[];
  /** Nothing is learned of any of them: one may have spoiled the call, so calls for fewer ids follow. */
  readonly hasToSplit: boolean;
}

/** Makes polls, and knows which tasks are in one now. */
export class PollRunner {
  readonly #source: TaskSource;
  readonly #clock: MonotonicClock;
  readonly #limit: PollContext["limit"];
  readonly #inFlight = new Map<TrackedTask, Poll>();

  constructor(source: TaskSource, clock: MonotonicClock, limit: PollContext["limit"]) {
    this.#source = source;
    this.#clock = clock;
    this.#limit = limit;
  }

  /** The tasks that are being polled, until {@link ended}. */
  get inFlight(): ReadonlyMap<TrackedTask, unknown> {
    return this.#inFlight;
  }

  /** One poll of all these tasks. */
  async run(riders: readonly TrackedTask[]): Promise<PollResults> {
    const taskIds = riders.map(({ taskId }) => taskId);
    const poll = new Poll(taskIds, {
      source: this.#source,
      clock: this.#clock,
      limit: this.#limit,
      callTimeoutMs: Math.max(...riders.map(({ callTimeoutMs }) => callTimeoutMs)),
      onRetry: (retried) => {
        for (const tracked of riders) {
          tracked.retried(retried);
        }
      },
    });
    const hinted = riders.filter(({ isHinted }) => isHinted);
    for (const tracked of riders) {
      this.#inFlight.set(tracked, poll);
      tracked.polling();
    }
    const results = resultsOf(riders, await poll.run());
    if (results.hasToSplit) {
      for (const tracked of hinted) {
        tracked.hinted();
      }
    }
    return results;
  }

  ended(tracked: TrackedTask): void {
    this.#inFlight.delete(tracked);
  }

  /** W2: nobody waits for the task any more. */
  leave(tracked: TrackedTask, reason: unknown): void {
    this.#inFlight.get(tracked)?.leave(reason);
  }
}

/** What a poll means for each of its tasks. They remember how many ids their next call may have. */
function resultsOf(riders: readonly TrackedTask[], { observation, callMs }: PollAnswer): PollResults {
  const scope = scopeOf(riders, observation);
  const results = riders.map((tracked) => {
    if (scope !== "all") {
      tracked.rode(riders.length, scope !== "none");
    }
    return [tracked, { observation: observationOf(tracked, observation), callMs }] as const;
  });
  return { results, hasToSplit: scope === "one" };
}

function scopeOf(
  { length }: readonly TrackedTask[],
  observation: Observation | ManyObservation,
): ReturnType<typeof failureScope> | "none" {
  if (observation.kind === "task" || observation.kind === "tasks") {
    return "none";
  }
  return length === 1 ? "all" : failureScope(observation);
}

function observationOf({ taskId }: TrackedTask, observation: Observation | ManyObservation): Observation {
  return observation.kind === "tasks" ? (observation.byId.get(taskId) as Observation) : observation;
}
