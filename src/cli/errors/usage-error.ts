import { printable } from "../../index.ts";

/** The command line asks for something that can't be done; exits with 2. Its message is for people. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** For a value that can't be used: names the flag, the rule and the value. */
export function badValue(flag: string, rule: string, value: string): UsageError {
  return new UsageError(`${flag} ${rule}, got "${printable(value, 80)}"`);
}
