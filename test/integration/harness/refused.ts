import { expect } from "vitest";
import type { Emulator } from "../../../src/emulator/index.ts";
import type { CliResult } from "./command.ts";

/** Expects a line to be refused: by this message, with exit code 2, and before the first call. */
export async function expectRefused(
  emulator: Emulator,
  run: () => Promise<CliResult>,
  message: RegExp,
): Promise<CliResult> {
  const calls = emulator.requests().length;
  const result = await run();
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
  expect(emulator.requests()).toHaveLength(calls);
  return result;
}
