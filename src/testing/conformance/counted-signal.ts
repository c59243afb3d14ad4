/** A signal that knows how many listeners are on it. */
export interface CountedSignal {
  readonly signal: AbortSignal;
  /** Aborts the signal. */
  abort(reason?: unknown): void;
  /** Listeners for `abort` that are on the signal now. */
  readonly listeners: number;
  /** The highest number of listeners on it at the same time so far. */
  readonly mostListeners: number;
}

/**
 * Makes an `AbortSignal` whose listeners can be counted, so that a test can tell whether somebody has left one
 * behind. It sees `addEventListener` and `removeEventListener`, and not what `AbortSignal.any()` does inside.
 */
export function countedSignal(): CountedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  let mostListeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...[type, listener, options]: Parameters<typeof add>) => {
    if (type === "abort" && listener !== null) {
      listening.add(listener);
      mostListeners = Math.max(mostListeners, listening.size);
    }
    add(type, listener, options);
  };
  signal.removeEventListener = (...[type, listener, options]: Parameters<typeof remove>) => {
    listening.delete(listener);
    remove(type, listener, options);
  };
  return {
    signal,
    abort: (reason) => {
      controller.abort(reason);
      listening.clear();
    },
    get listeners(): number {
      return listening.size;
    },
    get mostListeners(): number {
      return mostListeners;
    },
  };
}
