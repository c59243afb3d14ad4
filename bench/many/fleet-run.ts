import { setMaxListeners } from "node:events";
import type { BatchOption } from "../../src/engine/listing/listing-plan.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import { seeded, seedOf } from "../single/seeded.ts";
import { sharedFifo } from "./fifo.ts";
import { RIVALS, type RivalName } from "./rivals.ts";
import { Service, type ServiceSpec } from "./service.ts";
import { realNowMs, runUntil, virtualNowMs } from "./virtual-time.ts";

/** Who waits. */
export type Contestant =
  | {
      readonly batch: BatchOption;
      /** Default the engine's own. */
      readonly waitPriceMs?: number;
      /** Processes that share the account and know nothing of each other. Default 1. */
      readonly processes?: number;
    }
  | { readonly rival: RivalName }
  | { readonly fifoPerSecond: number };

/** What waiting for a fleet came to. */
export interface FleetResult {
  /** Calls a task. */
  readonly calls: number;
  /** Of all calls. */
  readonly throttled: number;
  readonly throttledCalls: number;
  /** Seconds from a task's end to its being noticed. */
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** Waits that ended without knowing that their task completed. */
  readonly failed: number;
  /** Virtual seconds. */
  readonly lasted: number;
  /** Seconds of this machine. */
  readonly took: number;
  /** It was stopped: it would have taken too long here. */
  readonly isCut: boolean;
}

/** What a call is held to cost by default, in seconds of lateness. */
export const CALL_PRICE_S = 0.5;
const MAX_MS = 30 * 86_400_000;

/** What a task cost, in seconds: its calls and its lateness. */
export function costOf({ calls, mean }: FleetResult): number {
  return CALL_PRICE_S * calls + mean;
}

/** Waits for one of the service's tasks; whether it learned that the task completed. */
type Wait = (taskId: string, signal: AbortSignal) => Promise<boolean>;

/** A run in virtual time; it is cut after so many seconds of this machine. */
export async function runFleet(who: Contestant, spec: ServiceSpec, mostRealS: number): Promise<FleetResult> {
  const service = new Service(spec);
  const lateness: number[] = [];
  let failed = 0;
  let left = spec.tasks;
  const noticed = (endsAtMs: number, isRight: boolean): void => {
    left--;
    if (isRight && virtualNowMs() >= endsAtMs) {
      lateness.push((virtualNowMs() - endsAtMs) / 1000);
    } else {
      failed++;
    }
  };
  const fromMs = realNowMs();
  const beganMs = virtualNowMs();
  const abort = new AbortController();
  if (!("batch" in who)) {
    // Each of their waits puts a listener of its own on the signal, of which Node warns.
    setMaxListeners(0, abort.signal);
  }
  const waits = waitsOf(who, service, spec);
  for (const [index, { taskId, endsAtMs }] of service.entries.entries()) {
    const wait = waits[index % waits.length] as Wait;
    wait(taskId, abort.signal).then(
      (isRight) => noticed(endsAtMs, isRight),
      () => noticed(endsAtMs, false),
    );
  }
  const isLate = (): boolean => realNowMs() - fromMs > 1000 * mostRealS;
  await runUntil(Number.POSITIVE_INFINITY, () => left === 0 || isLate());
  const isCut = left > 0;
  const lasted = (virtualNowMs() - beganMs) / 1000;
  const took = (realNowMs() - fromMs) / 1000;
  const result = { ...summary(lateness), calls: service.calls / spec.tasks, failed, lasted, took, isCut };
  const throttledCalls = service.counts.throttled;
  const throttled = throttledCalls / Math.max(1, service.calls);
  abort.abort();
  await runUntil(virtualNowMs() + 200_000);
  return { ...result, throttled, throttledCalls };
}

function waitsOf(who: Contestant, service: Service, { seed }: ServiceSpec): readonly Wait[] {
  if ("rival" in who) {
    const wait = RIVALS[who.rival];
    return [(taskId, signal) => wait(() => service.describe(taskId), signal)];
  }
  if ("fifoPerSecond" in who) {
    return [sharedFifo(service, who.fifoPerSecond)];
  }
  const { batch, waitPriceMs, processes = 1 } = who;
  return Array.from({ length: processes }, (_, index) => {
    const waiter = new TaskWaiter({
      source: service,
      batch,
      random: seeded(seedOf(seed, "engine", index)),
      timeoutMs: MAX_MS,
      ...(waitPriceMs === undefined ? {} : { waitPriceMs }),
    });
    return async (taskId, signal) => {
      await waiter.wait(taskId, { signal });
      return true;
    };
  });
}

function summary(values: number[]): Pick<FleetResult, "mean" | "p50" | "p99"> {
  values.sort((a, b) => a - b);
  const at = (q: number): number =>
    values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return { mean, p50: at(0.5), p99: at(0.99) };
}
