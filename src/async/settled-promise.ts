import { SafeEmitter } from "./safe-emitter.ts";
import { type Kept, ValueIterator } from "./value-iterator.ts";

/** What a promise settles with. */
export type End<Value> = { readonly value: Value } | { readonly error: unknown };

interface Handle<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The inside of a {@link SettledPromise}: who observes it, and the one place where it settles.
 *
 * All parts are made when first needed: most of thousands of waits have no listener and no reader.
 */
export abstract class Settler<
  Value,
  Outcome,
  Events extends object,
  Item = Value,
  Extra extends unknown[] = [],
> {
  outcome: Outcome | undefined;
  readonly #kept: Kept;
  #handle: Handle<Value> | undefined;
  #emitter: SafeEmitter<Events, Extra> | undefined;
  #readers: Set<ValueIterator<Item>> | undefined;
  #outcomeWaiters: ((outcome: Outcome) => void)[] | undefined;
  #steps: (() => void)[] | undefined;
  #isObserved = false;

  /** @param kept - What a slow reader gets. */
  constructor(kept: Kept = "newest") {
    this.#kept = kept;
  }

  /** What a new reader begins with. */
  protected abstract itemsSoFar(): readonly Item[];

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
      this.#outcomeWaiters.push(resolve);
    });
  }

  /** A new reader. */
  read(): ValueIterator<Item> {
    this.observe();
    const readers = this.#readers ?? new Set();
    this.#readers = readers;
    const reader = new ValueIterator<Item>(this.#kept, (ended) => readers.delete(ended));
    for (const item of this.itemsSoFar()) {
      reader.push(item);
    }
    if (this.outcome === undefined) {
      readers.add(reader);
    } else {
      reader.end();
    }
    return reader;
  }

  /** Gives an item to all readers. */
  push(item: Item): void {
    for (const reader of this.#readers ?? []) {
      reader.push(item);
    }
  }

  /** Emits one event, after those that are on their way. */
  emitEvent<K extends keyof Events & string>(event: K, payload: Events[K], ...extra: Extra): void {
    this.inOrder([() => this.emitNow(event, payload, ...extra)]);
  }

  /** For a step of {@link inOrder}. */
  protected emitNow<K extends keyof Events & string>(event: K, payload: Events[K], ...extra: Extra): void {
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
        for (const reader of this.#readers ?? []) {
          reader.end();
        }
        this.#readers = undefined;
        for (const resolve of this.#outcomeWaiters ?? []) {
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

/**
 * A promise that also has events and an async iterator: what `TaskWait`, `TaskGroupWait`, `TaskRun` and `QueuedWait`
 * share. It settles exactly once. A listener that throws changes nothing; each listener runs in the asynchronous
 * context in which it was added.
 */
export abstract class SettledPromise<
  Value,
  Outcome,
  Events extends object,
  Item = Value,
  Extra extends unknown[] = [],
> extends Promise<Value> {
  readonly #settler: Settler<Value, Outcome, Events, Item, Extra>;

  /** Promises derived from it are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal */
  constructor(settler: Settler<Value, Outcome, Events, Item, Extra>) {
    let settle: Pick<Handle<Value>, "resolve" | "reject"> | undefined;
    super((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settler = settler;
    settler.bind({ promise: this, ...(settle as NonNullable<typeof settle>) });
  }

  /** Calls the listener at every event of this name. */
  on<K extends keyof Events & string>(
    event: K,
    listener: (payload: Events[K], ...extra: Extra) => unknown,
  ): this {
    this.#settler.emitter.on(event, listener);
    return this;
  }

  /** Calls the listener at the next event of this name. */
  once<K extends keyof Events & string>(
    event: K,
    listener: (payload: Events[K], ...extra: Extra) => unknown,
  ): this {
    this.#settler.emitter.once(event, listener);
    return this;
  }

  /** Takes a listener away. */
  off<K extends keyof Events & string>(
    event: K,
    listener: (payload: Events[K], ...extra: Extra) => unknown,
  ): this {
    this.#settler.emitter.off(event, listener);
    return this;
  }

  /** The same as {@link on}, under the name that Node's `events.on` and `events.once` may call it by. */
  addListener<K extends keyof Events & string>(
    event: K,
    listener: (payload: Events[K], ...extra: Extra) => unknown,
  ): this {
    return this.on(event, listener);
  }

  /** The same as {@link off}, under the name that Node's `events.on` and `events.once` call it by. */
  removeListener<K extends keyof Events & string>(
    event: K,
    listener: (payload: Events[K], ...extra: Extra) => unknown,
  ): this {
    return this.off(event, listener);
  }

  /**
   * What is told piece by piece. A reader that comes late misses nothing that is still true. It ends when the promise
   * has settled, however that is; leaving the loop early ends nothing else.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item> {
    return this.#settler.read();
  }
}
