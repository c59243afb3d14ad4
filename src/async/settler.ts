import { Readers } from "./readers.ts";
import { SafeEmitter } from "./safe-emitter.ts";
import type { Kept, ValueIterator } from "./value-iterator.ts";

/** What a promise settles with. */
export type End<Value> = { readonly value: Value } | { readonly error: unknown };

/** A promise, and what settles it. */
export interface Handle<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

/**
 * The inside of a {@link SettledPromise}: who observes it, and the one place where it settles.
 *
 * All parts are made when first needed: most of thousands of waits have no listener and no reader.
 */
export abstract class Settler<Value, Outcome, Events extends object, Item, Extra extends unknown[], Rec> {
  outcome: Outcome | undefined;
  readonly #kept: Kept;
  #handle: Handle<Value> | undefined;
  #emitter: SafeEmitter<Events, Extra> | undefined;
  #readers: Readers<Item> | undefined;
  #recordReaders: Readers<Rec> | undefined;
  #outcomeWaiters: Pick<Handle<Outcome>, "resolve">[] | undefined;
  #steps: (() => void)[] | undefined;
  #isObserved = false;
  #isFinished = false;

  /** @param kept - What a slow reader gets. */
  constructor(kept: Kept = "newest") {
    this.#kept = kept;
  }

  /** What a new reader begins with. */
  protected abstract itemsSoFar(): readonly Item[];

  /**
   * What a new reader of records begins with.
   *
   * @param ended - The outcome, once the last event has been told.
   */
  protected abstract recordsSoFar(ended: Outcome | undefined): readonly Rec[];

  /** An event as a record; undefined for one that has none. */
  protected abstract toRecord<K extends keyof Events & string>(
    event: K,
    payload: Events[K],
    ...extra: Extra
  ): Rec | undefined;

  /** Joins it to the promise that its caller holds. */
  bind(handle: Handle<Value>): void {
    this.#handle = handle;
  }

  get emitter(): SafeEmitter<Events, Extra> {
    this.#emitter ??= new SafeEmitter();
    return this.#emitter;
  }

  hears(event: keyof Events & string): boolean {
    return this.#emitter?.hears(event) ?? false;
  }

  /** The end is learnt in another way than from the promise, so a rejection that nobody awaits is no mistake. */
  observe(): void {
    this.#isObserved = true;
    if (this.outcome !== undefined) {
      this.#silenceRejection();
    }
  }

  /** The outcome for a caller who does not await the promise itself. */
  observeOutcome(): Promise<Outcome> {
    this.observe();
    return this.whenSettled();
  }

  /** The outcome, without counting as observed. */
  whenSettled(): Promise<Outcome> {
    if (this.outcome !== undefined) {
      return Promise.resolve(this.outcome);
    }
    return new Promise((resolve) => {
      this.#outcomeWaiters ??= [];
      this.#outcomeWaiters.push({ resolve });
    });
  }

  /** A new reader. */
  read(): ValueIterator<Item> {
    this.observe();
    this.#readers ??= new Readers(this.#kept);
    return this.#readers.read(this.itemsSoFar(), this.outcome !== undefined);
  }

  /** A new reader of records. */
  records(): ValueIterator<Rec> {
    this.observe();
    this.#recordReaders ??= new Readers("all");
    const ended = this.#isFinished ? this.outcome : undefined;
    return this.#recordReaders.read(this.recordsSoFar(ended), this.#isFinished);
  }

  /** Gives an item to all readers. */
  push(item: Item): void {
    this.#readers?.push(item);
  }

  /** Emits one event, after those that are on their way. */
  emitEvent<K extends keyof Events & string>(event: K, payload: Events[K], ...extra: Extra): void {
    this.inOrder([() => this.emitNow(event, payload, ...extra)]);
  }

  /** For a step of {@link inOrder}. */
  protected emitNow<K extends keyof Events & string>(event: K, payload: Events[K], ...extra: Extra): void {
    if (this.#recordReaders !== undefined) {
      const told = this.toRecord(event, payload, ...extra);
      if (told !== undefined) {
        this.#recordReaders.push(told);
      }
    }
    this.#emitter?.emit(event, payload, ...extra);
  }

  /**
   * Takes the steps in order. What a listener brings about meanwhile comes after all steps that are on their way, so
   * that the last event is the last, whatever ends the wait.
   */
  protected inOrder(steps: readonly (() => void)[]): void {
    if (this.#steps !== undefined) {
      this.#steps.push(...steps);
      return;
    }
    const queue = [...steps];
    this.#steps = queue;
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      step();
    }
    this.#steps = undefined;
  }

  /**
   * Settles the promise, in this turn; the last events come after that, and then {@link finish}.
   *
   * @param isHeard - Whether a listener hears of this end.
   */
  protected settle(outcome: Outcome, end: End<Value>, isHeard: boolean): void {
    this.outcome = outcome;
    if ("value" in end) {
      this.#handle?.resolve(end.value);
      return;
    }
    if (this.#isObserved || isHeard) {
      this.#silenceRejection();
    }
    this.#handle?.reject(end.error);
  }

  /** Ends all readers and resolves the pending outcome promises, after the events that are on their way. */
  protected finish(outcome: Outcome): void {
    this.inOrder([
      () => {
        this.#isFinished = true;
        this.#readers?.end();
        this.#recordReaders?.end();
        for (const { resolve } of this.#outcomeWaiters ?? []) {
          resolve(outcome);
        }
        this.#outcomeWaiters = undefined;
      },
    ]);
  }

  #silenceRejection(): void {
    this.#handle?.promise.catch(() => {});
  }
}
