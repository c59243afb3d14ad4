import assert from "node:assert/strict";
import type { TaskSource } from "../../task/source.ts";
import type { ScriptedSource } from "../source/scripted-source.ts";
import { QUICK, type TestedDriver } from "./tested-driver.ts";
import type { DrivenOutcome, DrivenWaitOptions } from "./wait-driver.ts";

/** Waits with {@link QUICK} options unless told otherwise, to the end. */
export async function drive(
  driver: TestedDriver,
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

/** Fails when the source was asked less often: an outcome that nobody asked for proves nothing. */
export function assertPolled(source: ScriptedSource, times: number): void {
  assert.ok(source.calls.length >= times, `it made ${source.calls.length} calls, and ${times} were needed`);
}
