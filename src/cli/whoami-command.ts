import type { AccountFlags } from "./account-flags.ts";

/** `taskwait whoami`. */
export async function whoamiCommand(_flags: AccountFlags): Promise<number> {
  return 0;
}
