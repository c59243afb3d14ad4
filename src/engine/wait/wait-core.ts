import { LatestValueIterator } from "../../async/latest-value-iterator.ts";
import { SafeEmitter } from "../../async/safe-emitter.ts";
import type { Abortable } from "../../async/shared-abort.ts";
import { countImmediateRetry, type ImmediateRetry } from "../../policy/decide/immediate-retry.ts";
import { settleAborted } from "../../policy/decide/settle.ts";
import type { Decision } from "../../policy/state/decision.ts";
import type { ResolvedWaitOptions } from "../../policy/state/wait-options.ts";
import type { WaitState } from "../../policy/state/wait-state.ts";
import type { Outcome } from "../../task/outcome.ts";
import type { Task } from "../../task/task.ts";
import type { WaitEvent, WaitEventArgs, WaitEventName } from "../../task/wait-events.ts";
import { HeapEntry } from "../rate/indexed-heap.ts";

/** What a wait asks of the waiter that drives it. */
export interface WaitDriver {
  /** The wait has settled: nothing of it may remain. */
  release(core: WaitCore): void;
  /** Passes an event on to those who listen to all waits. */
  forward(core: WaitCore, event: WaitEvent): void;
  /** Whether somebody who listens to all waits hears of this event. */
  hears(name: WaitEventName): boolean;
}

interface Settling {
  readonly promise: Promise<Task>;
  readonly resolve: (task: Task) => void;
  readonly reject: (reason: unknown) => void;
}

/** The inside of one wait: its state, who observes it, and the one place where it settles. */
export class WaitCore implements Abortable {
  readonly options: ResolvedWaitOptions;
  readonly signal: AbortSignal | undefined;
  readonly #driver: WaitDriver;
  /** Its place among the deadlines. */
  readonly deadline: HeapEntry<WaitCore> = new HeapEntry<WaitCore>(this);
  state: WaitState;
  outcome: Outcome | undefined;
  #settling: Settling | undefined;
  #emitter: SafeEmitter<WaitEventArgs> | undefined;
  #readers: Set<LatestValueIterator<Task>> | undefined;
  #outcomeWaiters: ((outcome: Outcome) => void)[] | undefined;
  #emitting: WaitEvent[] | undefined;
  #isObserved = false;

  constructor(
    state: WaitState,
    options: ResolvedWaitOptions,
    signal: AbortSignal | undefined,
    driver: WaitDriver,
  ) {
    this.state = state;
    this.options = options;
    this.signal = signal;
    this.#driver = driver;
  }

  /** Joins the wait to the promise that its caller holds. */
  bind(settling: Settling): void {
    this.#settling = settling;
  }

  get emitter(): SafeEmitter<WaitEventArgs> {
    this.#emitter ??= new SafeEmitter();
    return this.#emitter;
  }

  /** The outcome for a caller who does not await the promise itself, and so has no need of its rejection. */
  observeOutcome(): Promise<Outcome> {
    this.#isObserved = true;
    if (this.outcome !== undefined) {
      this.#silenceRejection();
    }
    return this.whenSettled();
  }

  /** The outcome, without counting as somebody who observes it. */
  whenSettled(): Promise<Outcome> {
    if (this.outcome !== undefined) {
      return Promise.resolve(this.outcome);
    }
    return new Promise((resolve) => {
      this.#outcomeWaiters ??= [];
      this.#outcomeWaiters.push(resolve);
    });
  }

  /** A new reader; it starts with the task as it was last seen. */
  read(): LatestValueIterator<Task> {
    this.#isObserved = true;
    const readers = this.#readers ?? new Set();
    this.#readers = readers;
    const reader = new LatestValueIterator<Task>((gone) => readers.delete(gone));
    if (this.state.task !== undefined) {
      reader.push(this.state.task);
    }
    if (this.outcome === undefined) {
      readers.add(reader);
    } else {
      this.#silenceRejection();
      reader.end();
    }
    return reader;
  }

  /** Takes a decision in; settles when it says so. A wait that has settled takes nothing in. */
  apply(decision: Decision): void {
    if (this.outcome !== undefined) {
      return;
    }
    this.state = decision.state;
    if (decision.kind === "settle") {
      this.#settle(decision.outcome);
    }
    this.emit(decision.events);
  }

  /**
   * Emits in order, also when a listener brings about more: what it causes comes after what was on its way, so
   * that `settled` is the last event whoever ends the wait.
   */
  emit(events: readonly WaitEvent[]): void {
    if (this.#emitting !== undefined) {
      this.#emitting.push(...events);
      return;
    }
    const queue = [...events];
    this.#emitting = queue;
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      this.#emitOne(event);
    }
    this.#emitting = undefined;
  }

  #emitOne(event: WaitEvent): void {
    if (event.name === "status" || event.name === "progress") {
      for (const reader of this.#readers ?? []) {
        reader.push(event.payload.task);
      }
    }
    this.#emitter?.emit(event.name, ...([event.payload] as never));
    this.#driver.forward(this, event);
    if (event.name === "settled") {
      this.#dismiss(event.payload);
    }
  }

  /** A call failed and is made again within its poll. */
  retried(retry: ImmediateRetry): void {
    const { state, events } = countImmediateRetry(this.state, retry);
    this.state = state;
    this.emit(events);
  }

  aborted(reason: unknown): void {
    this.apply(settleAborted(this.state, reason));
  }

  #settle(outcome: Outcome): void {
    this.outcome = outcome;
    this.#driver.release(this);
    if (outcome.kind === "complete") {
      this.#settling?.resolve(outcome.task);
      return;
    }
    if (this.#isObserved || this.#isHeard(outcome)) {
      this.#silenceRejection();
    }
    this.#settling?.reject(outcome.error);
  }

  /** Lets everybody go who waits for the end. */
  #dismiss(outcome: Outcome): void {
    for (const reader of this.#readers ?? []) {
      reader.end();
    }
    this.#readers = undefined;
    for (const resolve of this.#outcomeWaiters ?? []) {
      resolve(outcome);
    }
    this.#outcomeWaiters = undefined;
  }

  #isHeard({ kind }: Outcome): boolean {
    return (["settled", kind] as const).some(
      (name) => (this.#emitter?.listenerCount(name) ?? 0) > 0 || this.#driver.hears(name),
    );
  }

  /** Somebody learns of the end in another way, so a promise that nobody awaits is no mistake. */
  #silenceRejection(): void {
    this.#settling?.promise.catch(() => {});
  }
}
