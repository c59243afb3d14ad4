import { describeAccount, printable } from "../../index.ts";
import { clientOptionsOf } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { writeOut } from "../terminal/standard-output.ts";

// The library's option names, as the command's flags.
const FLAG_WORDS: Readonly<Record<string, string>> = { regionId: "--region", endpoint: "--endpoint" };

/** `taskwait whoami`: says where credentials, region and endpoint come from. Shows no credential. */
export async function whoamiCommand(flags: AccountFlags): Promise<number> {
  const account = await describeAccount(clientOptionsOf(flags));
  const from = (source: string): string => `(from ${FLAG_WORDS[source] ?? printable(source, 200)})`;
  const lines = [`credentials: ${printable(account.credentialSource, 200)}`];
  if (account.regionId !== undefined) {
    lines.push(`region: ${printable(account.regionId)} ${from(account.regionSource ?? "")}`);
  }
  lines.push(`endpoint: ${printable(account.endpoint, 300)} ${from(account.endpointSource)}`);
  writeOut(`${lines.join("\n")}\n`);
  return 0;
}
