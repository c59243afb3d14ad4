import { EventEmitter } from "eventemitter3";
import { captureContext } from "./caller-context.ts";

/** A listener: of the event's payload, and of what comes with every event. */
export type Listener<Payload, Extra extends unknown[] = []> = (payload: Payload, ...extra: Extra) => unknown;

interface Added {
  readonly event: string;
  readonly listener: object;
  readonly callback: Parameters<EventEmitter<string>["on"]>[1];
}

// Told once per listener, however often it throws and on however many waits it listens.
const reported = new WeakSet<object>();

/**
 * An emitter whose listeners do no harm: what one throws, or an asynchronous one rejects with, is reported
 * once through `process.emitWarning` and changes nothing else. Each runs in the asynchronous context in which it was
 * added.
 *
 * `Events` are the payloads by event; `Extra` is what every listener gets besides.
 */
export class SafeEmitter<Events extends object, Extra extends unknown[] = []> {
  readonly #emitter = new EventEmitter<string>();
  #added: Added[] = [];

  on<K extends keyof Events & string>(event: K, listener: Listener<Events[K], Extra>): void {
    this.#add(event, listener, false);
  }

  once<K extends keyof Events & string>(event: K, listener: Listener<Events[K], Extra>): void {
    this.#add(event, listener, true);
  }

  off<K extends keyof Events & string>(event: K, listener: Listener<Events[K], Extra>): void {
    this.#remove((each) => each.event === event && each.listener === listener);
  }

  emit<K extends keyof Events & string>(event: K, payload: Events[K], ...extra: Extra): void {
    this.#emitter.emit(event, payload, ...extra);
  }

  hears(event: keyof Events & string): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }

  #add<K extends keyof Events & string>(
    event: K,
    listener: Listener<Events[K], Extra>,
    isOnce: boolean,
  ): void {
    if (typeof listener !== "function") {
      throw new TypeError(`on("${event}"): the listener must be a function`);
    }
    const runThere = captureContext();
    const callback = (payload: Events[K], ...extra: Extra): void => {
      if (isOnce) {
        this.#remove((each) => each === added);
      }
      runThere(() => callSafely(event, listener, () => listener(payload, ...extra)));
    };
    const added: Added = { event, listener, callback };
    this.#added.push(added);
    this.#emitter.on(event, callback);
  }

  #remove(isMeant: (added: Added) => boolean): void {
    for (const { event, callback } of this.#added.filter(isMeant)) {
      this.#emitter.off(event, callback);
    }
    this.#added = this.#added.filter((each) => !isMeant(each));
  }
}

function callSafely(event: string, listener: object, call: () => unknown): void {
  try {
    const returned = call();
    if (typeof returned === "object" && returned !== null && "then" in returned) {
      Promise.resolve(returned).catch((error: unknown) => report(event, listener, error));
    }
  } catch (error) {
    report(event, listener, error);
  }
}

function report(event: string, listener: object, error: unknown): void {
  if (reported.has(listener)) {
    return;
  }
  reported.add(listener);
  const stack = orNothing(() => (error as { readonly stack?: unknown }).stack);
  const what = orNothing(() => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
  const host = globalThis as { readonly process?: { emitWarning?(message: string, options: object): void } };
  const message = `a listener for "${event}" threw ${what ?? "what can't be shown"}; the wait goes on`;
  orNothing(() =>
    host.process?.emitWarning?.(message, {
      type: "TaskwaitWarning",
      code: "LISTENER_THREW",
      ...(typeof stack === "string" ? { detail: stack } : {}),
    }),
  );
}

/** What was thrown may throw when it is read, and so may the host when it is told: neither concerns a wait. */
function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
