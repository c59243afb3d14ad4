import { EventEmitter } from "eventemitter3";

type Listener = (...args: never[]) => unknown;

// Told once per listener, however often it throws and on however many waits it listens.
const reported = new WeakSet<Listener>();

/**
 * An emitter whose listeners can't do harm: what one throws, or an asynchronous one rejects with, is reported
 * once through `process.emitWarning` and changes nothing else.
 */
export class SafeEmitter<Events extends Record<string, unknown[]>> {
  readonly #emitter = new EventEmitter<string>();
  readonly #wrapped = new Map<string, Map<Listener, Listener[]>>();

  on<K extends keyof Events & string>(event: K, listener: (...args: Events[K]) => unknown): void {
    this.#emitter.on(event, this.#wrap(event, listener, false));
  }

  once<K extends keyof Events & string>(event: K, listener: (...args: Events[K]) => unknown): void {
    this.#emitter.once(event, this.#wrap(event, listener, true));
  }

  off<K extends keyof Events & string>(event: K, listener: (...args: Events[K]) => unknown): void {
    for (const wrapped of this.#wrapped.get(event)?.get(listener) ?? []) {
      this.#emitter.off(event, wrapped as never);
    }
    this.#wrapped.get(event)?.delete(listener);
  }

  emit<K extends keyof Events & string>(event: K, ...args: Events[K]): void {
    this.#emitter.emit(event, ...args);
  }

  listenerCount(event: keyof Events & string): number {
    return this.#emitter.listenerCount(event);
  }

  #wrap(event: string, listener: Listener, isOnce: boolean): (...args: unknown[]) => void {
    if (typeof listener !== "function") {
      throw new TypeError(`on("${event}"): the listener must be a function`);
    }
    const wrapped = (...args: unknown[]): void => {
      if (isOnce) {
        this.#forget(event, listener, wrapped);
      }
      callIsolated(event, listener, args);
    };
    const byListener = this.#wrapped.get(event) ?? new Map<Listener, Listener[]>();
    this.#wrapped.set(event, byListener);
    byListener.set(listener, [...(byListener.get(listener) ?? []), wrapped as Listener]);
    return wrapped;
  }

  #forget(event: string, listener: Listener, wrapped: unknown): void {
    const byListener = this.#wrapped.get(event);
    const left = byListener?.get(listener)?.filter((each) => each !== wrapped) ?? [];
    if (left.length === 0) {
      byListener?.delete(listener);
    } else {
      byListener?.set(listener, left);
    }
  }
}

function callIsolated(event: string, listener: Listener, args: unknown[]): void {
  try {
    const returned = (listener as (...all: unknown[]) => unknown)(...args);
    if (returned instanceof Promise) {
      returned.catch((error: unknown) => report(event, listener, error));
    }
  } catch (error) {
    report(event, listener, error);
  }
}

function report(event: string, listener: Listener, error: unknown): void {
  if (reported.has(listener)) {
    return;
  }
  reported.add(listener);
  try {
    warn(event, error);
  } catch {
    // What was thrown can't be told, or the host's own warning threw: neither is a wait's business.
  }
}

function warn(event: string, error: unknown): void {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `a listener for "${event}" threw ${what}; the wait goes on`;
  const host = (globalThis as { readonly process?: { emitWarning?(message: string, options: object): void } })
    .process;
  host?.emitWarning?.(message, {
    type: "TaskwaitWarning",
    code: "LISTENER_THREW",
    ...(error instanceof Error && error.stack !== undefined ? { detail: error.stack } : {}),
  });
}
