import { randomInt } from "node:crypto";
import * as z from "zod/mini";
import type { TaskApi } from "../apis/format/task-api.ts";
import { checkOption, invalidOption, unknownOption } from "../options/check-options.ts";
import { nearestName } from "../options/nearest-name.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import {
  type EmulatorBearer,
  type EmulatorKey,
  emulatorBearer,
  emulatorKey,
  randomBearer,
  randomKey,
} from "./access/key-ring.ts";
import type { FaultDecider } from "./faults/fault.ts";
import { faultsByChance, parseFaultFlags } from "./faults/fault-flags.ts";
import type { HandlerOptions } from "./http/request-handler.ts";
import { ACTIONS } from "./protocol/routes.ts";
import { checkScenario, SCENARIO_NAMES, type Scenario } from "./scenario.ts";
import type { RequestRecord } from "./service/request-record.ts";
import { seededRandom } from "./world/random.ts";

/** How an emulator is to be. Options that a {@link Scenario} has too come before those of `scenario`. */
export interface EmulatorOptions extends Omit<Scenario, "faults" | "description"> {
  /** Default 0: any free one. */
  readonly port?: number;
  /** A loopback address, `127.0.0.1` (default) or `::1`. */
  readonly host?: string;
  /** Further values of the `Host` header to accept, such as `bdrc.cn-shanghai.aliyuncs.com` behind a proxy. */
  readonly acceptHosts?: readonly string[];
  /** Default `cn-shanghai`; only told to clients. */
  readonly regionId?: string;
  /** What to begin with. */
  readonly scenario?: Scenario;
  /** The keys that open it; the first is the one in `env` and `clientOptions`. Default: a random pair. */
  readonly keys?: readonly EmulatorKey[];
  /**
   * The bearer tokens that open it, and the keys of declared APIs that take one; the first is the one in `env` and
   * `apiKey`. Default: a random one if such an API is served, else none.
   */
  readonly bearers?: readonly EmulatorBearer[];
  /**
   * Declared task APIs to answer for, besides BDRC: presets of `taskwait/apis`, or declarations of your own. All show
   * the tasks of the one world.
   */
  readonly apis?: ReadonlyArray<TaskApi | object>;
  /** What goes wrong: a decision for each call, or chances such as `reset=0.02,latency=50..300`. */
  readonly faults?: FaultDecider | string;
  /** Whether the n-th connection is reset as soon as it is made. */
  readonly resetConnection?: (n: number) => boolean;
  /** Called with every request, once it is decided how to answer it. */
  readonly log?: (record: RequestRecord) => void;
  /** How many records `requests()` keeps; default 10,000. */
  readonly keepRequests?: number;
  /** Serves HTTPS with a certificate that is made at the start and signed by nobody else; default false. */
  readonly tls?: boolean;
}

/**
 * {@link EmulatorOptions} with everything decided.
 *
 * @internal
 */
export interface ResolvedEmulatorOptions extends Scenario, HandlerOptions {
  readonly port: number;
  readonly host: string;
  readonly acceptHosts: readonly string[];
  readonly regionId: string;
  readonly seed: number;
  readonly speed: number;
  readonly keys: readonly [EmulatorKey, ...EmulatorKey[]];
  readonly bearers: readonly EmulatorBearer[];
  readonly apis: readonly object[];
  readonly resetConnection: (n: number) => boolean;
  readonly keepRequests: number;
  readonly tls: boolean;
}

const LOOPBACK: readonly string[] = ["127.0.0.1", "::1"];

const plainOptions = z.object({
  port: z._default(z.int().check(z.gte(0), z.lte(65_535)), 0),
  host: z._default(z.string(), "127.0.0.1"),
  acceptHosts: z._default(z.array(z.string()), []),
  regionId: z._default(z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)), "cn-shanghai"),
  keys: z.optional(z.array(emulatorKey).check(z.minLength(1))),
  bearers: z.optional(z.array(emulatorBearer)),
  apis: z._default(z.array(z.custom<object>(isObject, "must be a declaration of a task API")), []),
  keepRequests: z._default(z.int().check(z.gte(0), z.lte(1_000_000)), 10_000),
  tls: z._default(z.boolean(), false),
});

const PLAIN_NAMES: ReadonlySet<string> = new Set(Object.keys(plainOptions.shape));
// Those that a scenario has too, except what only a file needs.
const NAMES: ReadonlySet<string> = new Set(
  [...PLAIN_NAMES, ...SCENARIO_NAMES, "scenario", "faults", "resetConnection", "log"].filter(
    (name) => name !== "description",
  ),
);

/**
 * Checks options and fills in what is not given.
 *
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @internal
 */
export function resolveEmulatorOptions(options: EmulatorOptions = {}): ResolvedEmulatorOptions {
  const { scenario, faults, resetConnection, log, ...rest } = options;
  checkFunction("resetConnection", resetConnection);
  checkFunction("log", log);
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw new InvalidOptionError(`startEmulator(): ${unknownOption(unknown, NAMES)}`);
  }
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const plain = checkOption(
    plainOptions as z.ZodMiniType<z.output<typeof plainOptions>>,
    Object.fromEntries(given.filter(([name]) => PLAIN_NAMES.has(name))),
    "startEmulator()",
  );
  if (!LOOPBACK.includes(plain.host)) {
    throw invalidOption(
      "startEmulator().host",
      `must be a loopback address, ${LOOPBACK.join(" or ")}`,
      plain.host,
    );
  }
  const settings: Scenario = {
    ...(scenario === undefined ? {} : checkScenario(scenario, "startEmulator().scenario")),
    ...checkScenario(Object.fromEntries(given.filter(([name]) => !PLAIN_NAMES.has(name))), "startEmulator()"),
  };
  const seed = settings.seed ?? randomInt(2 ** 31);
  const [first = randomKey(), ...more] = plain.keys ?? [];
  checkOperationNames("startEmulator()", settings, plain.apis);
  return {
    ...settings,
    ...plain,
    seed,
    speed: settings.speed ?? 1,
    keys: [first, ...more],
    bearers:
      plain.bearers ?? (plain.apis.some((api) => keyVariableOf(api) !== undefined) ? [randomBearer()] : []),
    ...resolveFaults(faults ?? settings.faults, seed, resetConnection),
    log: log ?? (() => {}),
  };
}

function resolveFaults(
  faults: FaultDecider | string | undefined,
  seed: number,
  resetConnection: ((n: number) => boolean) | undefined,
): Pick<ResolvedEmulatorOptions, "decide" | "resetConnection"> {
  const none = { decide: () => undefined, resetConnection: resetConnection ?? (() => false) };
  if (typeof faults === "function") {
    return { ...none, decide: faults };
  }
  if (faults === undefined) {
    return none;
  }
  if (typeof faults !== "string") {
    throw new InvalidOptionError(
      `startEmulator().faults must be a function or a text such as "reset=0.02", got ${quoted(typeof faults)}`,
    );
  }
  const plan = parseFaultFlags(faults);
  // Streams of their own, so that more tasks do not mean other faults.
  const connectRandom = seededRandom(seed ^ 0x5bd1e995);
  return {
    decide: faultsByChance(plan, seededRandom(seed ^ 0x1b873593)),
    resetConnection: resetConnection ?? (() => connectRandom() < plan.resetConnect),
  };
}

/** The environment variable that the key of a declared API is in, as far as that can be told of what is unchecked. */
export function keyVariableOf(api: object): string | undefined {
  const { request } = api as { readonly request?: { readonly auth?: { readonly [name: string]: unknown } } };
  const variable = request?.auth?.["bearer"] ?? request?.auth?.["value"];
  return typeof variable === "string" ? variable : undefined;
}

/**
 * Refuses quotas and denials of what is not served.
 *
 * @throws `InvalidOptionError` naming the nearest operation.
 */
export function checkOperationNames(
  name: string,
  { quota, ram }: Pick<Scenario, "quota" | "ram">,
  apis: readonly object[],
): void {
  const known = [...ACTIONS, ...apis.map((api) => String((api as { readonly name?: unknown }).name))];
  for (const operation of [...Object.keys(quota?.apis ?? {}), ...(ram?.denied ?? [])]) {
    if (!known.includes(operation)) {
      const nearest = nearestName(operation, known);
      const hint =
        nearest === undefined ? `known are ${known.join(", ")}` : `did you mean ${quoted(nearest)}?`;
      throw new InvalidOptionError(`${name}: ${quoted(operation)} is no operation that is served; ${hint}`);
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    throw invalidOption(`startEmulator().${name}`, "must be a function", value);
  }
}
