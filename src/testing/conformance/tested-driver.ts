import type { WaitCheckpoint } from "../../policy/state/wait-state.ts";
import type { TaskSource } from "../../task/source.ts";
import { scriptedSource } from "../source/scripted-source.ts";
import { type ConformanceCase, NotOffered } from "./test-api.ts";
import type { DrivenWait, DrivenWaitOptions, WaitDriver } from "./wait-driver.ts";

/** Makes waits quick enough for tests on real timers: a poll about every 20 ms. */
export const QUICK: DrivenWaitOptions = {
  timeoutMs: 20_000,
  pollTimeoutMs: 5000,
  waitPriceMs: 1,
  minIntervalMs: 5,
  maxIntervalMs: 20,
};

/** What a case may test of a driver and of its waits. */
export type DriverPart = "start" | "abort" | "checkpoint";

/** A driver as a case gets it: whole, and it knows what was used. */
export interface TestedDriver {
  start(source: TaskSource, taskId: string, options: DrivenWaitOptions): Promise<TestedWait>;
}

/** A wait as a case gets it. */
export interface TestedWait {
  readonly outcome: DrivenWait["outcome"];
  abort(reason: unknown): Promise<void>;
  checkpoint(): Promise<WaitCheckpoint>;
}

/** A test of waits. */
export type WaitCase = ConformanceCase<TestedDriver, DriverPart>;

/** Throws {@link NotOffered} unless the waits of the driver have all these parts. */
export async function checkOffers(driver: WaitDriver, parts: readonly DriverPart[]): Promise<void> {
  const optional = parts.filter((part) => part !== "start");
  if (optional.length === 0) {
    return;
  }
  // A wait of its own, so that no case is left in the middle of one.
  const id = "t-conformance";
  const wait = await driver.start(scriptedSource({ [id]: ["COMPLETE"] }), id, QUICK);
  await wait.outcome;
  const missing = optional.find((part) => wait[part] === undefined);
  if (missing !== undefined) {
    throw new NotOffered(`the waits of this driver have no ${missing}()`);
  }
}

/** The driver, noting which parts are used. */
export function testedDriver(driver: WaitDriver, used: Set<string>): TestedDriver {
  return {
    start: async (...given) => {
      used.add("start");
      const wait = await driver.start(...given);
      return {
        outcome: wait.outcome,
        abort: async (reason) => {
          used.add("abort");
          await wait.abort?.(reason);
        },
        checkpoint: async () => {
          used.add("checkpoint");
          return offered(await wait.checkpoint?.(), "checkpoint");
        },
      };
    },
  };
}

function offered<T>(value: T | undefined, part: DriverPart): T {
  if (value === undefined) {
    throw new NotOffered(`this wait has no ${part}()`);
  }
  return value;
}
