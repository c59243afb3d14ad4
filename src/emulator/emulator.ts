import { checkOption } from "../options/check-options.ts";
import { type AccessPolicy, accessPolicy } from "./access/access-policy.ts";
import { KeyRing } from "./access/key-ring.ts";
import { type Quota, type QuotaCounters, QuotaLimiter, quota as quotaSchema } from "./access/quota.ts";
import {
  checkOperationNames,
  type EmulatorOptions,
  keyVariableOf,
  type ResolvedEmulatorOptions,
  resolveEmulatorOptions,
} from "./emulator-options.ts";
import { requestHandler } from "./http/request-handler.ts";
import { selfSigned } from "./http/self-signed.ts";
import { type Listening, listen } from "./http/server.ts";
import type { OperationName } from "./protocol/routes.ts";
import { expandTasks } from "./scenario.ts";
import { Gateway } from "./service/gateway.ts";
import { NextTokens } from "./service/next-token.ts";
import { RequestLog } from "./service/request-log.ts";
import type { RequestRecord } from "./service/request-record.ts";
import type { Service } from "./service/service.ts";
import { seededRandom } from "./world/random.ts";
import { StartPlan } from "./world/start-plan.ts";
import { World } from "./world/world.ts";

const NEXT_TOKEN_MS = 10 * 60_000;
const STARTS = { UPDATE_RESOURCES: { durationMs: 10_000 }, CHECK_RULES: { durationMs: 5000 } } as const;

/** A running emulator. */
export interface Emulator {
  /** Such as `http://127.0.0.1:43125`. */
  readonly endpoint: string;
  /** Environment variables with which a process finds it and may enter. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for a client's options. */
  readonly clientOptions: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
    readonly regionId: string;
  };
  /** What opens declared APIs that take a key; the same as the first of `bearers`. */
  readonly apiKey?: string;
  /** The certificate, as PEM, when it serves HTTPS. */
  readonly certificate?: string;
  /** The seed of everything that is drawn, to have it again. */
  readonly seed: number;
  /** The account's tasks. */
  readonly world: World;
  /** Who may enter. */
  readonly keys: KeyRing;
  /** The newest requests, oldest first. */
  requests(): readonly RequestRecord[];
  /** How often an operation, or a declared API, was accepted and throttled so far. */
  counters(operation: OperationName): QuotaCounters;
  /** Puts another quota in place; throws `InvalidOptionError` for one that can't be. */
  setQuota(quota: Quota): void;
  /** Puts another access policy in place; throws `InvalidOptionError` for one that can't be. */
  setRam(policy: AccessPolicy): void;
  /** Ends every connection at once, those that hang too, and listens no more. */
  stop(): Promise<void>;
  /** The same as {@link Emulator.stop}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a local BDRC, for loopback only.
 *
 * @throws `InvalidOptionError` for a bad option; the operating system's error when the port can't be had.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveEmulatorOptions(options);
  const { seed, speed, host, quirks, order } = resolved;
  const world = new World({
    now: Date.now,
    seed,
    speed,
    ...(quirks === undefined ? {} : { quirks }),
    ...(order === undefined ? {} : { order }),
  });
  for (const spec of expandTasks(resolved.tasks ?? [])) {
    world.addTask(spec);
  }
  const keys = new KeyRing(resolved.keys, resolved.bearers);
  const quota = new QuotaLimiter(resolved.quota ?? {}, {
    status: resolved.throttleStatus ?? 400,
    retryAfterHeader: resolved.retryAfterHeader ?? false,
  });
  const hosts = new Set(resolved.acceptHosts.map((name) => name.toLowerCase()));
  const knowsHost = (name: string): boolean => hosts.has(name.toLowerCase());
  const gateway = new Gateway(
    {
      world,
      keys,
      quota,
      tokens: new NextTokens(resolved.nextTokenMs ?? NEXT_TOKEN_MS),
      style: {
        unknownTask: { httpStatus: 400, code: "InvalidTask.NotFound", ...resolved.unknownTask },
        taskTypeFilter: resolved.taskTypeFilter ?? true,
        totalCount: resolved.totalCount ?? false,
        concurrentStarts: resolved.concurrentStarts ?? "separate",
        starts: new StartPlan({ ...STARTS, ...resolved.starts }),
      },
      knowsHost,
    },
    resolved.ram ?? { denied: [] },
  );
  const service = await serviceOf(resolved.apis, { world, keys, quota, knowsHost, seed, gateway });
  const log = new RequestLog(resolved.keepRequests);
  const tls = resolved.tls ? selfSigned() : undefined;
  const listening = await listen({
    port: resolved.port,
    host,
    ...(tls === undefined ? {} : { tls }),
    resetConnection: resolved.resetConnection,
    handle: requestHandler(resolved, service, log),
  });
  const named = host.includes(":") ? `[${host}]` : host;
  hosts.add(`${named}:${listening.port}`).add(`localhost:${listening.port}`);
  const endpoint = `${tls === undefined ? "http" : "https"}://${named}:${listening.port}`;
  const stop = stopper(listening);
  return {
    endpoint,
    ...access(resolved, endpoint),
    ...(tls === undefined ? {} : { certificate: tls.cert }),
    seed,
    world,
    keys,
    requests: () => log.newest(),
    counters: (operation) => quota.counters(operation),
    setQuota: (limits) => {
      const checked = checkOption(quotaSchema, limits, "setQuota()");
      checkOperationNames("setQuota()", { quota: checked }, resolved.apis);
      quota.change(checked);
    },
    setRam: (policy) => {
      const checked = checkOption(accessPolicy, policy, "setRam()");
      checkOperationNames("setRam()", { ram: checked }, resolved.apis);
      gateway.changePolicy(checked);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface ServiceParts {
  readonly world: World;
  readonly keys: KeyRing;
  readonly quota: QuotaLimiter;
  readonly knowsHost: (host: string) => boolean;
  readonly seed: number;
  readonly gateway: Gateway;
}

/** BDRC, and what is declared. What reads declarations is loaded with the first of them. */
async function serviceOf(
  apis: readonly object[],
  { seed, gateway, ...parts }: ServiceParts,
): Promise<Service> {
  if (apis.length === 0) {
    return gateway;
  }
  const { ApiService } = await import("./apis/api-service.ts");
  return new ApiService(apis, {
    ...parts,
    random: seededRandom(seed ^ 0x27d4eb2f),
    policy: () => gateway.policy,
    others: gateway,
  });
}

function stopper(listening: Listening): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= listening.close();
    return stopped;
  };
}

function access(
  options: ResolvedEmulatorOptions,
  endpoint: string,
): Pick<Emulator, "env" | "clientOptions" | "apiKey"> {
  const [{ accessKeyId, accessKeySecret, securityToken }] = options.keys;
  const { regionId } = options;
  const apiKey = options.bearers[0]?.bearerToken;
  const variables = options.apis.flatMap((api) => keyVariableOf(api) ?? []);
  return {
    env: {
      // What the shell says of another account, and what would go before the key or along with it.
      ALIBABA_CLOUD_PROFILE: "",
      ALIBABACLOUD_PROFILE: "",
      ALICLOUD_PROFILE: "",
      ALIBABA_CLOUD_SECURITY_TOKEN: securityToken ?? "",
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ALIBABA_CLOUD_REGION_ID: regionId,
      ALIBABA_CLOUD_ENDPOINT: endpoint,
      ...(apiKey === undefined ? {} : Object.fromEntries(variables.map((name) => [name, apiKey]))),
    },
    ...(apiKey === undefined ? {} : { apiKey }),
    clientOptions: {
      endpoint,
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
      regionId,
    },
  };
}
