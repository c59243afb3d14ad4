import type { Handle, Settler } from "./settler.ts";

/**
 * A promise that also has events and an async iterator: what `TaskWait`, `TaskGroupWait`, `TaskRun` and `QueuedWait`
 * share. It settles exactly once. A listener that throws changes nothing; each listener runs in the asynchronous
 * context in which it was added.
 */
export abstract class SettledPromise<
  Value,
  Outcome,
  Events extends object,
  Item,
  Extra extends unknown[],
  Rec,
> extends Promise<Value> {
  readonly #settler: Settler<Value, Outcome, Events, Item, Extra, Rec>;

  /** Promises derived from it are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal */
  constructor(settler: Settler<Value, Outcome, Events, Item, Extra, Rec>) {
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

  /**
   * Every event as one plain JSON record, in order. A reader gets all events from now on, and a slow one still gets all:
   * what it has not read, about 1 KB a poll, is kept until it reads it or leaves the loop. One that comes after the end
   * gets the last two.
   */
  records(): AsyncIterableIterator<Rec> {
    return this.#settler.records();
  }
}
