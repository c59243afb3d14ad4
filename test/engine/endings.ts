import type { OutcomeKind, TaskWait, TaskWaiter, WaitOptions } from "../../src/index.ts";
import type { ErrorStep, Script } from "../../src/testing/index.ts";
import { flush, HOUR_MS, pass } from "./fake-time.ts";

/** A connection that broke under the call: the one fault for which a call is sent again within its poll. */
export const BROKEN_CONNECTION: ErrorStep = {
  error: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
};

/** On the way to its end a wait on it tells of all that a wait can tell of. */
export const EVENTFUL: Script = [
  { status: "CREATED", progress: 0 },
  "throttled",
  { error: new TypeError("fetch failed") },
  { status: "PAUSED", progress: 100 },
  { status: "RUNNING", progress: 5000 },
  "COMPLETE",
];

/** One way for a wait to end. */
export interface Ending {
  readonly how: string;
  readonly kind: OutcomeKind;
  readonly script: Script;
  readonly options?: WaitOptions;
  /** What the test does to bring it about. */
  end(about: { wait: TaskWait; waiter: TaskWaiter; controller: AbortController | Aborter }): Promise<void>;
}

interface Aborter {
  abort(reason?: unknown): void;
}

const waitLong = async () => {
  await pass(2 * HOUR_MS);
};

/** All ways. Each is brought about by `end` on a wait that has a signal. */
export const ENDINGS: readonly Ending[] = [
  { how: "COMPLETE", kind: "complete", script: ["CREATED", "RUNNING", "COMPLETE"], end: waitLong },
  { how: "COMPLETE at the first poll", kind: "complete", script: ["COMPLETE"], end: waitLong },
  { how: "FAILED", kind: "failed", script: ["RUNNING", "FAILED"], end: waitLong },
  { how: "EXPIRED", kind: "expired", script: ["RUNNING", "EXPIRED"], end: waitLong },
  { how: "CANCELED", kind: "canceled", script: ["RUNNING", "CANCELED"], end: waitLong },
  {
    how: "a timeout between polls",
    kind: "timedOut",
    script: ["RUNNING"],
    options: { timeout: "1h" },
    end: waitLong,
  },
  { how: "a timeout of 0", kind: "timedOut", script: ["RUNNING"], options: { timeoutMs: 0 }, end: waitLong },
  {
    how: "a timeout in a call",
    kind: "timedOut",
    script: ["hang"],
    options: { timeoutMs: 700 },
    end: waitLong,
  },
  { how: "a task that is not known", kind: "notFound", script: ["notFound"], end: waitLong },
  { how: "a refusal", kind: "denied", script: ["denied"], end: waitLong },
  { how: "an outage", kind: "unreachable", script: ["RUNNING", "unreachable"], end: waitLong },
  { how: "an outage of hung calls", kind: "unreachable", script: ["hang"], end: waitLong },
  {
    how: "an abort before the beginning",
    kind: "aborted",
    script: ["RUNNING"],
    end: async ({ controller }) => {
      controller.abort(new Error("enough"));
      await flush();
    },
  },
  {
    how: "an abort in a sleep",
    kind: "aborted",
    script: ["RUNNING"],
    end: async ({ controller }) => {
      await pass(500);
      controller.abort(new Error("enough"));
      await flush();
    },
  },
  {
    how: "an abort in a call",
    kind: "aborted",
    script: ["hang"],
    end: async ({ controller }) => {
      await pass(500);
      controller.abort(new Error("enough"));
      await flush();
    },
  },
  {
    how: "an abort in a retry's pause",
    kind: "aborted",
    script: [BROKEN_CONNECTION],
    end: async ({ controller }) => {
      await pass(5);
      controller.abort(new Error("enough"));
      await flush();
    },
  },
  {
    how: "abandon()",
    kind: "aborted",
    script: ["RUNNING"],
    end: async ({ wait }) => {
      await pass(500);
      wait.abandon();
      await flush();
    },
  },
  {
    how: "the closing of the waiter",
    kind: "aborted",
    script: ["RUNNING"],
    end: async ({ waiter }) => {
      await pass(500);
      await waiter.close();
      await flush();
    },
  },
];
