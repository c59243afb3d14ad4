import type { TaskSource } from "../../task/source.ts";
import type { DrivenOutcome, DrivenWaitOptions, WaitDriver } from "./wait-driver.ts";

/** Makes waits quick enough for tests on real timers: a poll about every 20 ms. */
export const QUICK: DrivenWaitOptions = {
  timeoutMs: 20_000,
  pollTimeoutMs: 5000,
  waitPriceMs: 1,
  minIntervalMs: 5,
  maxIntervalMs: 20,
};

/** Waits with {@link QUICK} options unless told otherwise, to the end. */
export async function drive(
  driver: WaitDriver,
  source: TaskSource,
  taskId: string,
  options: DrivenWaitOptions = {},
): Promise<DrivenOutcome> {
  const wait = await driver.start(source, taskId, { ...QUICK, ...options });
  return wait.outcome;
}

/** Code and message of an error that may have crossed a process. */
export function errorFields(error: unknown): { readonly code: unknown; readonly message: string } {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return { code, message: String(message) };
}
