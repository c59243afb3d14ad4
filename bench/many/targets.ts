import type { FleetResult } from "./fleet-run.ts";
import type { RivalName } from "./rivals.ts";
import type { ServiceSpec } from "./service.ts";

/** A fleet, and what waiting for it must come to. */
export interface FleetCase {
  readonly name: string;
  readonly spec: Omit<ServiceSpec, "seed" | "rttMs" | "progress">;
  readonly target?: {
    readonly mean?: number;
    readonly p99?: number;
    readonly calls?: number;
    readonly throttled?: number;
  };
  /** What a second of not knowing costs against a call, when not the default 500. */
  readonly waitPriceMs?: number;
  /** Processes that share the tasks and the account, and know nothing of each other. */
  readonly processes?: number;
  /** The rate that a shared FIFO beside it is told. */
  readonly fifoPerSecond?: number;
  readonly rivals?: readonly RivalName[];
  /** The rivals must be as far behind as {@link AGAINST_OTHERS} says. */
  readonly isJudgedByRivals?: boolean;
  /** Takes minutes: only with `--full`. */
  readonly isLong?: boolean;
}

/** How many times ours the figures of the rival that notices soonest must be, and a shared FIFO's lateness. */
export const AGAINST_OTHERS = { late: 25, calls: 20, throttled: 500, fifo: 1.5 };

const R20 = { limit: 20 };
const ALL_RIVALS = ["smithy", "core-lro", "p-wait-for"] as const;
// p-wait-for asks fifty times a second for each task: a fleet of its waits does not finish in two minutes.
const SLOW_RIVALS = ["smithy", "core-lro"] as const;

/** All with noisy progress; the rate is hidden, and counted for each API on its own as the emulator does. */
export const FLEET_CASES: readonly FleetCase[] = [
  {
    name: "N = 10, 2 min, R = 20",
    spec: { tasks: 10, medianS: 120, quota: R20 },
    rivals: ALL_RIVALS,
  },
  {
    name: "N = 100, 2 min, R = 20",
    spec: { tasks: 100, medianS: 120, quota: R20 },
    rivals: ALL_RIVALS,
  },
  {
    name: "N = 1,000, 2 min, R = 20",
    spec: { tasks: 1000, medianS: 120, quota: R20 },
    target: { mean: 0.6, p99: 3, calls: 2.5, throttled: 0.005 },
    fifoPerSecond: 20,
    rivals: SLOW_RIVALS,
    isJudgedByRivals: true,
  },
  {
    name: "N = 1,000, 30 min, R = 20",
    spec: { tasks: 1000, medianS: 1800, quota: R20 },
    target: { throttled: 0.005 },
  },
  {
    // Calls are no matter here; at the default price fewer of them save more than half a second.
    name: "N = 1,000, 30 min, R = 20, waitPriceMs 200",
    spec: { tasks: 1000, medianS: 1800, quota: R20 },
    waitPriceMs: 200,
    target: { mean: 0.6, p99: 3, throttled: 0.005 },
  },
  {
    name: "N = 1,000 in three processes, 2 min, R = 20",
    spec: { tasks: 1000, medianS: 120, quota: R20 },
    processes: 3,
    target: { throttled: 0.03 },
  },
  {
    name: "N = 1,000, 2 min, R = 20 for both APIs",
    spec: { tasks: 1000, medianS: 120, quota: R20, isShared: true },
    target: { throttled: 0.01 },
  },
  {
    name: "N = 1,000, R 100, 10, 50",
    spec: {
      tasks: 1000,
      medianS: 120,
      quota: {
        limit: [
          [0, 100],
          [60, 10],
          [180, 50],
        ],
      },
    },
    target: { throttled: 0.02 },
  },
  {
    name: "N = 1,000, 50,000 foreign active",
    spec: { tasks: 1000, medianS: 120, quota: R20, foreignActive: 50_000 },
    target: { mean: 3 },
  },
  {
    name: "N = 1,000, 50,000 old ended",
    spec: { tasks: 1000, medianS: 120, quota: R20, oldEnded: 50_000 },
    target: { mean: 3 },
  },
  {
    name: "N = 10,000, 2 min, R = 20",
    spec: { tasks: 10_000, medianS: 120, quota: R20 },
    target: { mean: 1, p99: 6, throttled: 0.01 },
  },
  {
    name: "N = 10,000, 30 min, R = 20",
    spec: { tasks: 10_000, medianS: 1800, quota: R20 },
    target: { mean: 1.5, p99: 6, throttled: 0.01 },
    isLong: true,
  },
  {
    name: "N = 100,000, 2 min, R = 100",
    spec: { tasks: 100_000, medianS: 120, quota: { limit: 100 } },
    target: { mean: 3 },
    isLong: true,
  },
  {
    name: "N = 100,000, 2 min, R = 20",
    spec: { tasks: 100_000, medianS: 120, quota: R20 },
    target: { mean: 15 },
    isLong: true,
  },
];

/** The service of a case. */
export function serviceOf({ spec }: FleetCase, seed: number): ServiceSpec {
  return { seed, rttMs: 100, progress: "noisy", ...spec };
}

/** What of the target was missed, in words. */
export function missed({ target = {} }: FleetCase, result: FleetResult): string[] {
  const limits = { ...target, failed: 0 };
  const faults = Object.entries(limits)
    .filter(([name, most]) => !(result[name as keyof typeof limits] <= most))
    .map(([name, most]) => `${name} ${result[name as keyof typeof limits].toPrecision(3)} > ${most}`);
  return result.isCut ? [...faults, "not finished in time"] : faults;
}
