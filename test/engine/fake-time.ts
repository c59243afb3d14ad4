import { afterEach, beforeEach, expect, vi } from "vitest";
import {
  type Outcome,
  type Task,
  type TaskSource,
  type TaskWait,
  TaskWaiter,
  type TaskWaiterOptions,
  type WaitEventName,
} from "../../src/index.ts";
import { WAIT_EVENT_NAMES } from "../../src/task/wait-events.ts";

export const ID = "t-0000e4w0u1v592zdf6s7";
export const HOUR_MS = 3_600_000;
/** Deadlines are never early, and late by at most one tick of a timer. */
export const TICK_MS = 2;

/** All timers and clocks of each test of the file are fake. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets `durationMs` pass, and everything happen that happens in it. */
export async function pass(durationMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(durationMs);
}

/** Lets everything happen that needs no time. */
export async function flush(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** A waiter whose limiter delays nothing and whose jitter is 0. */
export function makeWaiter(source: TaskSource, options: Partial<TaskWaiterOptions> = {}): TaskWaiter {
  return new TaskWaiter({ source, rate: { perSecond: 10_000 }, random: () => 0.5, ...options });
}

/** What became of a wait, as it is seen from outside. */
export interface Seen {
  /** `name`s of all events, in order. */
  readonly names: WaitEventName[];
  readonly payloads: unknown[];
  outcome: Outcome | undefined;
  /** Milliseconds from now until the promise settled. */
  settledAfterMs: number | undefined;
  readonly results: ({ readonly task: Task } | { readonly reason: unknown })[];
  /** The payloads of one event. */
  of(name: WaitEventName): unknown[];
}

/** Listens to everything that a wait says. */
export function record(wait: TaskWait): Seen {
  const beganMs = performance.now();
  const names: WaitEventName[] = [];
  const payloads: unknown[] = [];
  const seen: Seen = {
    names,
    payloads,
    outcome: undefined,
    settledAfterMs: undefined,
    results: [],
    of: (name) => payloads.filter((_, index) => names[index] === name),
  };
  for (const name of WAIT_EVENT_NAMES) {
    wait.on(name, (payload: unknown) => {
      names.push(name);
      payloads.push(payload);
    });
  }
  wait.on("settled", (outcome) => {
    seen.outcome = outcome;
  });
  const done = () => {
    seen.settledAfterMs = performance.now() - beganMs;
  };
  wait.then(
    (task) => {
      seen.results.push({ task });
      done();
    },
    (reason: unknown) => {
      seen.results.push({ reason });
      done();
    },
  );
  return seen;
}

/** Nothing of any wait is left: no timer, no call, nothing in the waiter. */
export function expectNothingLeft(waiter: TaskWaiter): void {
  expect(vi.getTimerCount(), "timers left").toBe(0);
  expect(waiter.stats()).toMatchObject({ waits: 0, tasks: 0, queued: 0 });
}

/** One call of a {@link manualSource}. */
interface ManualCall {
  readonly taskId: string;
  readonly signal: AbortSignal | undefined;
  answer(task: unknown): void;
  fail(error: unknown): void;
}

/** A source whose calls the test answers by hand; deaf to its signals unless the test obeys them. */
export function manualSource(): TaskSource & { readonly calls: ManualCall[] } {
  const calls: ManualCall[] = [];
  return {
    calls,
    describe: (taskId, { signal }) =>
      new Promise((resolve, reject) => {
        calls.push({ taskId, signal, answer: (task) => resolve(task as Task), fail: reject });
      }),
  };
}
