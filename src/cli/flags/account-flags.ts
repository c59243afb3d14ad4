import { type Command, Option } from "commander";
import { UsageError } from "../errors/usage-error.ts";

/** The flags that say whose account, and where, as commander gives them. */
export interface AccountFlags {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly vpc?: true;
  readonly insecure?: true;
}

// They exist to be refused: what is on a command line is in the shell's history and in everybody's `ps`.
const SECRET_FLAGS = [
  "--access-key-id",
  "--access-key-secret",
  "--sts-token",
  "--security-token",
  "--bearer-token",
] as const;

/** Adds the flags that say whose account, and where. */
export function addAccountFlags(command: Command): Command {
  command
    .option("-p, --profile <name>", "a profile of ~/.aliyun/config.json, for credentials and region")
    .option(
      "--region <id>",
      "such as ap-southeast-1 (default: ALIBABA_CLOUD_REGION_ID, the profile's, cn-shanghai)",
    )
    .option("--endpoint <url>", "a host or URL instead of the region's endpoint")
    .option("--vpc", "the region's endpoint within a VPC")
    .option("--insecure", "allow http:// beyond this machine");
  for (const flag of SECRET_FLAGS) {
    command.addOption(new Option(`${flag} [value]`).hideHelp().argParser(() => refuseSecret(flag)));
    // Without a value the parser above is not asked.
    command.on(`option:${flag.slice(2)}`, () => refuseSecret(flag));
  }
  return command;
}

function refuseSecret(flag: string): never {
  throw new UsageError(
    `${flag} is not taken from the command line, where others can read it: set ALIBABA_CLOUD_ACCESS_KEY_ID and ` +
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET (with ALIBABA_CLOUD_SECURITY_TOKEN for STS), or use --profile",
  );
}
