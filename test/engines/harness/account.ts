import type { Emulator, EmulatorOptions } from "taskwait/emulator";
import { mostWithin } from "../../most-within.ts";

/** The id of the n-th task; every tenth fails. */
export const idOf = (n: number): string => `t-${n % 10 === 0 ? "fails" : "completes"}-${n}`;

/** An account whose tasks run some seconds, and whose service has a bad moment now and then. */
export function accountOf(tasks: number, perSecond: number, seconds: number): EmulatorOptions {
  let calls = 0;
  return {
    seed: 7,
    keepRequests: 100_000,
    quota: { apis: { DescribeTask: { perSecond } } },
    throttleStatus: 429,
    tasks: Array.from({ length: tasks }, (_, index) => ({
      taskId: idOf(index),
      durationMs: 1000 * (2 + ((index * 7) % seconds)),
      ...(index % 10 === 0 ? { status: "FAILED" as const, errorMessage: "device not online" } : {}),
    })),
    faults: () =>
      ++calls % 37 === 0 ? { kind: "refuse", code: "ServiceUnavailable", httpStatus: 503 } : undefined,
  };
}

/** The most calls that came within any second. */
export function mostInASecond(emulator: Emulator): number {
  return mostWithin(
    emulator.requests().map(({ atMs }) => atMs),
    1000,
  );
}
