import { getEventListeners } from "node:events";
import { setTimeout as after } from "node:timers/promises";
import type { Attempt, Contestant } from "./contestant.ts";

/** `null` means that the library has nothing which the scenario could test. */
export type Verdict = boolean | null;

/** One thing that users reported to be wrong, as a question whose good answer is yes. */
export interface Scenario {
  readonly asks: string;
  readonly reported: string;
  run(contestant: Contestant): Promise<Verdict>;
}

const SLACK_MS = 150;
const END_LIMIT_MS = 4000;
// Between two polls of a wait that will be aborted in the middle.
const GAP_MS = 1000;

type Step = string | Error | "HANG";

/** A task whose polls follow the steps, the last forever; and what was asked of it. */
function task(...steps: Step[]) {
  const calls: { readonly atMs: number; readonly signal: AbortSignal | undefined }[] = [];
  const poll = async (signal?: AbortSignal): Promise<string> => {
    const step = steps[Math.min(calls.length, steps.length - 1)] as Step;
    calls.push({ atMs: performance.now(), signal });
    if (step instanceof Error) {
      throw step;
    }
    return step === "HANG"
      ? new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)))
      : step;
  };
  return { poll, calls };
}

type End = "resolved" | "rejected" | "pending";

async function end(promise: Promise<unknown>, withinMs = END_LIMIT_MS): Promise<End> {
  const settled = promise.then(
    (): End => "resolved",
    (): End => "rejected",
  );
  return Promise.race([settled, after(withinMs, "pending" as End, { ref: false })]);
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

async function aborting(contestant: Contestant, steps: Step[], afterMs: number) {
  const controller = new AbortController();
  const { poll, calls } = task(...steps);
  const before = timers();
  const attempt: Attempt = { poll, signal: controller.signal, gapMs: GAP_MS };
  const settled = end(contestant.wait(attempt), afterMs + 2000);
  await after(afterMs);
  const callsBefore = calls.length;
  const abortedAtMs = performance.now();
  controller.abort();
  const how = await settled;
  const tookMs = performance.now() - abortedAtMs;
  const left = timers() - before;
  await after(1.5 * GAP_MS);
  return { how, tookMs, left, late: calls.length - callsBefore, calls, signal: controller.signal };
}

async function timingOut(contestant: Contestant, steps: Step[], timeoutMs: number): Promise<number> {
  const began = performance.now();
  const how = await end(contestant.wait({ poll: task(...steps).poll, timeoutMs }), timeoutMs + 1500);
  return how === "rejected" ? performance.now() - began - timeoutMs : Number.POSITIVE_INFINITY;
}

function apiError(statusCode: number): Error {
  return Object.assign(new Error(`status ${statusCode}`), {
    statusCode,
    code: statusCode === 429 ? "Throttling.User" : "NoPermission",
  });
}

export const SCENARIOS: readonly Scenario[] = [
  {
    asks: "an aborted signal means no call",
    reported: "aws-sdk-js-v3#2318",
    run: async (contestant) => {
      if (!contestant.hasSignal) {
        return null;
      }
      const { poll, calls } = task("COMPLETE");
      await end(contestant.wait({ poll, signal: AbortSignal.abort() }));
      return calls.length === 0;
    },
  },
  {
    asks: "an abort between polls settles at once",
    reported: "cockatiel#25",
    run: async (one) => {
      const end = one.hasSignal ? await aborting(one, ["RUNNING"], 300) : null;
      return end && end.how === "rejected" && end.tookMs < SLACK_MS;
    },
  },
  {
    asks: "no call goes out after the abort",
    reported: "aws-sdk-js-v3#2319",
    run: async (one) => (one.hasSignal ? (await aborting(one, ["RUNNING"], 300)).late === 0 : null),
  },
  {
    asks: "no timer is left after the abort",
    reported: "measured",
    run: async (one) => (one.hasSignal ? (await aborting(one, ["RUNNING"], 300)).left <= 0 : null),
  },
  {
    asks: "an abort ends a call in flight",
    reported: "openai-node#2580",
    run: async (one) => {
      if (!one.hasSignal) {
        return null;
      }
      const { how, tookMs, calls } = await aborting(one, ["HANG"], 200);
      return how === "rejected" && tookMs < SLACK_MS && calls[0]?.signal?.aborted === true;
    },
  },
  {
    asks: "one listener at most on the signal, none after",
    reported: "smithy-typescript#1607",
    run: async (one) => {
      if (!one.hasSignal) {
        return null;
      }
      const { signal } = new AbortController();
      let most = 0;
      const { poll } = task("RUNNING", "RUNNING", "RUNNING", "RUNNING", "COMPLETE");
      const counted = async (own?: AbortSignal) => {
        most = Math.max(most, getEventListeners(signal, "abort").length);
        return poll(own);
      };
      await end(one.wait({ poll: counted, signal }));
      return most <= 1 && getEventListeners(signal, "abort").length === 0;
    },
  },
  {
    asks: "one caller's abort leaves the other's wait alone",
    reported: "measured",
    run: async (one) => {
      if (!one.hasSignal) {
        return null;
      }
      const controller = new AbortController();
      const { poll } = task("RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "COMPLETE");
      const [first, second] = one.waitTwice({ poll, signal: controller.signal }, { poll });
      const ends = [end(first), end(second)];
      await after(60);
      controller.abort();
      return (await ends[1]) === "resolved";
    },
  },
  {
    asks: "the timeout is not early, nor late",
    reported: "measured",
    run: async (one) => {
      if (!one.hasTimeout) {
        return null;
      }
      for (const timeoutMs of [700, 1000, 1300, 1600]) {
        const lateMs = await timingOut(one, ["RUNNING"], timeoutMs);
        if (lateMs < -5 || lateMs > SLACK_MS) {
          return false;
        }
      }
      return true;
    },
  },
  {
    asks: "the timeout holds while a call hangs",
    reported: "measured",
    run: async (one) => (one.hasTimeout ? (await timingOut(one, ["HANG"], 400)) <= SLACK_MS : null),
  },
  {
    asks: "a wait has a timeout at all",
    reported: "aws-sdk-js-v3#1931",
    run: async (one) => one.hasTimeout,
  },
  {
    asks: "a wait can be aborted at all",
    reported: "azure-sdk-for-js#26710",
    run: async (one) => one.hasSignal,
  },
  {
    asks: "a failed task rejects at once",
    reported: "azure-sdk-for-js#15189",
    run: async (one) => {
      const { poll, calls } = task("FAILED");
      return (await end(one.wait({ poll }))) === "rejected" && calls.length === 1;
    },
  },
  {
    asks: "an expired task rejects, and is not polled forever",
    reported: "measured",
    run: async (one) => (await end(one.wait({ poll: task("EXPIRED").poll }), 1500)) === "rejected",
  },
  {
    asks: "an unknown status is not taken for a failure",
    reported: "azure-sdk-for-js#30070",
    run: async (one) =>
      one.knowsStates
        ? (await end(one.wait({ poll: task("PARTIAL_FAILED", "COMPLETE").poll }))) === "resolved"
        : null,
  },
  {
    asks: "a broken connection does not end the wait",
    reported: "cli#10981",
    run: async (one) => {
      const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      return (await end(one.wait({ poll: task("RUNNING", broken, "COMPLETE").poll }))) === "resolved";
    },
  },
  {
    asks: "a throttled poll does not end the wait",
    reported: "azure-cli#11891",
    run: async (one) =>
      (await end(one.wait({ poll: task("RUNNING", apiError(429), "COMPLETE").poll }))) === "resolved",
  },
  {
    asks: "a denied call is not repeated",
    reported: "aws-sdk-js-v3#2091",
    run: async (one) => {
      const { poll, calls } = task(apiError(403));
      return (await end(one.wait({ poll }), 1500)) === "rejected" && calls.length === 1;
    },
  },
  {
    asks: "a callback that throws changes nothing",
    reported: "measured",
    run: async (one) => {
      const onPoll = () => {
        throw new Error("the caller's own mistake");
      };
      const { poll, calls } = task("RUNNING", "COMPLETE");
      return one.hasCallback
        ? (await end(one.wait({ poll, onPoll }))) === "resolved" && calls.length === 2
        : null;
    },
  },
  {
    asks: "the promise can be had again after the end",
    reported: "gax-nodejs#465",
    run: async (one) =>
      one.waitAgain
        ? (await end(one.waitAgain({ poll: task("RUNNING", "COMPLETE").poll }))) === "resolved"
        : null,
  },
  {
    asks: "a passing error does not poison what is resumed",
    reported: "measured",
    run: async (one) => {
      const { poll } = task("RUNNING", new Error("passing"), "COMPLETE");
      return one.resume ? (await end(one.resume({ poll }))) === "resolved" : null;
    },
  },
  {
    asks: "two waits on one task cost one poll",
    reported: "acs-engine#635",
    run: async (one) => {
      const { poll, calls } = task("COMPLETE");
      await Promise.all(one.waitTwice({ poll }, { poll }).map((wait) => end(wait)));
      return calls.length === 1;
    },
  },
];
