import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { Settler } from "../../async/settler.ts";
import type { Abortable } from "../../async/shared-abort.ts";
import { movedBack } from "../../policy/decide/begin-wait.ts";
import { countImmediateRetry, type ImmediateRetry } from "../../policy/decide/immediate-retry.ts";
import { settleAborted, settleMismatch } from "../../policy/decide/settle.ts";
import { type ReadResult, readResult } from "../../policy/observe/read-result.ts";
import type { Decision } from "../../policy/state/decision.ts";
import type { ResolvedWaitOptions, TaskWaitOptions } from "../../policy/state/wait-options.ts";
import type { WaitState } from "../../policy/state/wait-state.ts";
import { endRecords, toEventRecord, type WaitEventRecord } from "../../task/event-record.ts";
import { endOf, type Outcome } from "../../task/outcome.ts";
import type { StandardSchema } from "../../task/schema.ts";
import type { Task } from "../../task/task.ts";
import { endEvents, type WaitEvent, type WaitEventName, type WaitEvents } from "../../task/wait-events.ts";
import { HeapEntry } from "../rate/indexed-heap.ts";

/** What a wait asks of the waiter that drives it. */
export interface WaitDriver {
  readonly clock: MonotonicClock;
  /** The wait has settled: nothing of it may remain. */
  release(core: WaitCore): void;
  /** The wait needs no more polls, and is not over yet. */
  hold(core: WaitCore): void;
  /** Passes an event on to those who listen to all waits. */
  forward<K extends WaitEventName>(core: WaitCore, event: WaitEvent<K>): void;
  /** Says that the task may have ended. */
  hint(core: WaitCore): void;
  /** Whether a listener to all waits hears of this event. */
  hears(name: WaitEventName): boolean;
}

type Settled = Extract<Decision, { readonly kind: "settle" }>;

/** How a wait ends whose task has completed, now that its result is read. */
function endOfRead(state: WaitState, read: ReadResult, nowMs: number): Settled {
  if (!("task" in read)) {
    return settleMismatch(state, read, nowMs);
  }
  const outcome = { kind: "complete", task: read.task } as const;
  return { kind: "settle", state, outcome, events: endEvents(outcome) };
}

/** The inside of one wait: its state, and the one place where it settles. */
export class WaitCore
  extends Settler<Task, Outcome, WaitEvents, Task, [], WaitEventRecord>
  implements Abortable
{
  readonly options: ResolvedWaitOptions;
  readonly signal: AbortSignal | undefined;
  readonly #result: StandardSchema<unknown> | undefined;
  readonly #driver: WaitDriver;
  /** Its place among the deadlines. */
  readonly deadline: HeapEntry<WaitCore> = new HeapEntry<WaitCore>(this);
  state: WaitState;
  /** A hint came before it began. */
  isHinted = false;
  /** The error of the last poll that did not return the task. */
  lastFailure: Error | undefined;

  constructor(
    state: WaitState,
    options: ResolvedWaitOptions,
    { signal, result }: Pick<TaskWaitOptions, "signal" | "result">,
    driver: WaitDriver,
  ) {
    super();
    this.state = state;
    this.options = options;
    this.signal = signal;
    this.#result = result;
    this.#driver = driver;
  }

  /** The state in wall time of this moment: another process has no other clock in common. */
  checkpoint(): WaitState {
    return structuredClone(movedBack(this.state, -this.#driver.clock.wallAheadMs));
  }

  protected override itemsSoFar(): readonly Task[] {
    return this.state.task === undefined ? [] : [this.state.task];
  }

  protected override recordsSoFar(ended: Outcome | undefined): readonly WaitEventRecord[] {
    return ended === undefined ? [] : endRecords(ended, this.state.taskId, Date.now());
  }

  protected override toRecord<K extends WaitEventName>(name: K, payload: WaitEvents[K]): WaitEventRecord {
    return toEventRecord({ name, payload } as WaitEvent, this.state.taskId, Date.now());
  }

  /** Takes a decision in; settles when it says so. A wait that has settled takes nothing in. */
  apply(decision: Decision): void {
    if (this.outcome !== undefined) {
      return;
    }
    this.state = decision.state;
    for (const event of decision.events) {
      if (event.name === "retry" || event.name === "throttled") {
        this.lastFailure = event.payload.error;
      }
    }
    if (decision.kind === "poll") {
      this.emit(decision.events);
      return;
    }
    if (decision.outcome.kind === "complete" && this.#result !== undefined) {
      this.#readResult(this.#result, decision, decision.outcome.task);
    } else {
      this.#end(decision);
    }
  }

  #readResult(schema: StandardSchema<unknown>, completed: Settled, task: Task): void {
    const { state } = completed;
    const { ended: _, ...open } = state;
    // Until it is read the deadline and an abort hold, and a checkpoint goes on with another poll.
    this.state = open;
    const before = completed.events.filter(({ name }) => name !== "complete" && name !== "settled");
    const reading = readResult(schema, task);
    if (this.outcome !== undefined) {
      // The schema has ended the wait.
      return;
    }
    if (!(reading instanceof Promise)) {
      const end = endOfRead(state, reading, this.#driver.clock.nowMs());
      this.#end({ ...end, events: [...before, ...end.events] });
      return;
    }
    this.#driver.hold(this);
    this.emit(before);
    void reading.then((read) => {
      if (this.outcome === undefined) {
        this.#end(endOfRead(state, read, this.#driver.clock.nowMs()));
      }
    });
  }

  #end({ state, outcome, events }: Settled): void {
    this.state = state;
    const names = ["settled", outcome.kind] as const;
    const isHeard = names.some((name) => this.hears(name) || this.#driver.hears(name));
    this.settle(outcome, endOf(outcome), isHeard);
    this.#driver.release(this);
    this.emit(events);
    this.finish(outcome);
  }

  /** Emits the events, in order. */
  emit(events: readonly WaitEvent[]): void {
    this.inOrder(
      events.map((event) => () => {
        if (event.name === "status" || event.name === "progress") {
          this.push(event.payload.task);
        }
        this.#emitOne(event);
      }),
    );
  }

  #emitOne<K extends WaitEventName>(event: WaitEvent<K>): void {
    this.emitNow(event.name, event.payload);
    this.#driver.forward(this, event);
  }

  /** A call failed and is made again within its poll. */
  retried(retry: ImmediateRetry): void {
    const { state, events } = countImmediateRetry(this.state, retry);
    this.state = state;
    this.emit(events);
  }

  /** @returns Whether the wait is still in flight. */
  hint(): boolean {
    if (this.outcome !== undefined) {
      return false;
    }
    this.#driver.hint(this);
    return true;
  }

  aborted(reason: unknown): void {
    this.apply(settleAborted(this.state, reason));
  }
}
