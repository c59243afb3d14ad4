import { printable, quoted } from "../../task/printable.ts";
import type { Profile, ProfileFields } from "./profile.ts";

const KEY = ["access_key_id", "access_key_secret"];

// Mode → the fields without which the official library can't use the profile.
const REQUIRED: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["AK", KEY],
  ["StsToken", [...KEY, "sts_token"]],
  ["RamRoleArn", [...KEY, "ram_role_arn"]],
  ["EcsRamRole", []],
  ["OIDC", ["oidc_token_file", "oidc_provider_arn", "ram_role_arn"]],
  ["ChainableRamRoleArn", ["source_profile", "ram_role_arn"]],
  ["CloudSSO", ["cloud_sso_sign_in_url", "cloud_sso_account_id", "cloud_sso_access_config", "access_token"]],
  ["OAuth", ["oauth_site_type", "oauth_refresh_token"]],
  ["External", ["process_command"]],
]);

/**
 * Why a profile can't give credentials as it is in the file, and what helps. It shows no value but names.
 *
 * @param nowMs - Unix milliseconds.
 * @returns `undefined` when nothing speaks against it.
 */
export function problemOf({ fields, all }: Profile, nowMs: number): string | undefined {
  const seen = new Set<ProfileFields>();
  let one: ProfileFields | undefined = fields;
  while (one !== undefined && !seen.has(one)) {
    seen.add(one);
    const problem = ownProblem(one, nowMs);
    if (problem !== undefined) {
      return one === fields ? problem : `its source_profile ${quoted(one.name)} can't: ${problem}`;
    }
    if (one["mode"] !== "ChainableRamRoleArn") {
      return undefined;
    }
    const source: unknown = one["source_profile"];
    one = all.find(({ name }) => name === source);
    if (one === undefined) {
      return `its source_profile ${quoted(source)} is not there`;
    }
  }
  return "its source_profile leads back to itself";
}

/**
 * What to say when the library failed with a profile that nothing speaks against.
 *
 * @param message - The library's own, which may hold secrets: only what it says of a command is read.
 */
export function failureOf({ name, fields }: Profile, message: string): string {
  if (fields["mode"] !== "External") {
    return `its credentials could not be fetched (mode ${quoted(fields["mode"])}); if its login has ended, ${loginOf(name, fields)}`;
  }
  const program = quoted(String(fields["process_command"]).trim().split(/\s/, 1)[0]);
  const [, code] = /spawn .{0,1000} (ENOENT|EACCES|ENOTDIR)/s.exec(message.slice(0, 4096)) ?? [];
  const why =
    code === undefined
      ? `gave no credentials: run it by itself to see why`
      : `can't be run (${code}): install it or correct process_command`;
  return `its command ${program} ${why}`;
}

function ownProblem(fields: ProfileFields, nowMs: number): string | undefined {
  const mode: unknown = fields["mode"];
  const required = REQUIRED.get(mode);
  if (required === undefined) {
    const known = [...REQUIRED.keys()].join(", ");
    return `its mode ${mode === undefined ? "is missing" : `${quoted(mode)} is not known here`} (known: ${known}); ${loginOf(fields.name, {})}`;
  }
  const missing = required.find((name) => typeof fields[name] !== "string" || fields[name].trim() === "");
  if (missing !== undefined) {
    return `its ${missing} is missing or empty (mode ${String(mode)}); ${loginOf(fields.name, fields)}`;
  }
  const expiresS = fields["cloud_sso_access_token_expire"];
  if (mode === "CloudSSO" && !(Number(expiresS) * 1000 > nowMs)) {
    return `its CloudSSO login has expired; ${loginOf(fields.name, fields)}`;
  }
  return undefined;
}

function loginOf(name: string, { mode }: Readonly<Record<string, unknown>>): string {
  const shown = /^[\w.@-]+$/.test(name) ? name : `'${printable(name, 100).replaceAll("'", "'\\''")}'`;
  return `run: aliyun configure --profile ${shown}${REQUIRED.has(mode) ? ` --mode ${String(mode)}` : ""}`;
}
