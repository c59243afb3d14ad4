import { checkOptionNames, invalidOption } from "../options/check-options.ts";
import { MAX_DURATION_MS } from "../options/named-durations.ts";
import { InvalidOptionError } from "../task/errors.ts";
import type { CredentialOptions } from "./credentials/credential-options.ts";
import type { EndpointOptions } from "./endpoint/endpoint.ts";
import type { RegionOptions } from "./endpoint/region.ts";
import type { CallRecord } from "./http/call-record.ts";
import type { ProxyOptions } from "./http/proxy.ts";

/** Options of a {@link Caller}. All may be left out. */
export interface CallerOptions extends CredentialOptions, RegionOptions, EndpointOptions, ProxyOptions {
  /**
   * The most that one call may take in all, in milliseconds: credentials, connection and answer.
   *
   * @defaultValue 10,000
   */
  readonly callTimeoutMs?: number;
  /** Told of every HTTP call, once it has ended. What it throws changes nothing. */
  readonly onCall?: (record: CallRecord) => void;
}

type Kind = "string" | "boolean" | "secret" | "credential" | "durationMs" | "function";

const KINDS: Readonly<Record<keyof CallerOptions, Kind>> = {
  regionId: "string",
  endpoint: "string",
  vpc: "boolean",
  insecure: "boolean",
  accessKeyId: "secret",
  accessKeySecret: "secret",
  securityToken: "secret",
  bearerToken: "secret",
  credential: "credential",
  profile: "string",
  proxy: "secret",
  callTimeoutMs: "durationMs",
  onCall: "function",
};

const NAMES: ReadonlySet<string> = new Set(Object.keys(KINDS));

// Ways to name the caller: one at most.
const IDENTITIES = ["accessKeyId", "bearerToken", "credential", "profile"] as const;

/**
 * Checks names, types and contradictions, all without I/O. An option that is `undefined` counts as left out.
 *
 * @param owner - Whose options they are, for the error.
 * @throws {@link InvalidOptionError} naming the option, the rule and the value, if it is no secret.
 */
export function checkCallerOptions(options: unknown, owner: string): CallerOptions {
  checkOptionNames(options, NAMES, owner);
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) {
      checkKind(name, KINDS[name as keyof CallerOptions], value, owner);
      given[name] = value;
    }
  }
  checkTogether(given as CallerOptions);
  return given as CallerOptions;
}

function checkKind(name: string, kind: Kind, value: unknown, owner: string): void {
  const rule = brokenRule(kind, value);
  if (rule !== undefined) {
    const isHidden = kind === "secret" || kind === "credential";
    throw invalidOption(`${owner}: ${name}`, `must be ${rule}`, value, isHidden);
  }
}

function brokenRule(kind: Kind, value: unknown): string | undefined {
  switch (kind) {
    case "string":
    case "secret":
      return typeof value === "string" && value !== "" ? undefined : "a non-empty string";
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "credential":
      return typeof value === "object" &&
        value !== null &&
        typeof Reflect.get(value, "getCredential") === "function"
        ? undefined
        : "an object with getCredential()";
    case "function":
      return typeof value === "function" ? undefined : "a function";
    case "durationMs":
      return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_DURATION_MS
        ? undefined
        : `a whole number of milliseconds from 1 to ${MAX_DURATION_MS}`;
  }
}

function checkTogether(options: CallerOptions): void {
  if (options.endpoint !== undefined && options.vpc === true) {
    throw new InvalidOptionError("endpoint and vpc must not be given together: each names the host");
  }
  const identities = IDENTITIES.filter((name) => options[name] !== undefined);
  if (identities.length > 1) {
    throw new InvalidOptionError(
      `${identities.join(" and ")} must not be given together: each names the caller`,
    );
  }
  for (const name of ["accessKeySecret", "securityToken"] as const) {
    if (options[name] !== undefined && options.accessKeyId === undefined) {
      throw new InvalidOptionError(`${name} must be given together with accessKeyId, which is missing`);
    }
  }
  if (options.accessKeyId !== undefined && options.accessKeySecret === undefined) {
    throw new InvalidOptionError("accessKeyId must be given together with accessKeySecret, which is missing");
  }
}
