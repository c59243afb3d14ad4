import { load } from "./load.ts";

interface Clock {
  next(): number;
  uninstall(): void;
}

interface FakeTimers {
  install(config: { readonly now: number; readonly toFake: readonly string[] }): Clock;
}

const { install } = await load<FakeTimers>("@sinonjs/fake-timers");

const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"];
// A fixed moment, so that a run is the same on every day.
const BEGINS_AT_MS = Date.UTC(2026, 0, 1);

/**
 * Time that passes only when nothing is left to do: real code that sleeps an hour is done at once. Everything
 * that the code can tell time by is replaced, in this thread.
 */
export class VirtualTime {
  readonly #clock: Clock;

  constructor() {
    this.#clock = install({ now: BEGINS_AT_MS, toFake: TIMERS });
  }

  /** Lets the work go on, and time with it, until it is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => {
      isDone = true;
    };
    work.then(end, end);
    while (!isDone) {
      await turn();
      if (!isDone) {
        this.#clock.next();
      }
    }
    return work;
  }

  /** Gives time back. */
  end(): void {
    this.#clock.uninstall();
  }
}

/** Resolves after all microtasks that are pending, and all that those bring. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
