import type { TaskApi } from "../apis/format/task-api.ts";
import type { TaskApiSourceOptions } from "../apis/task-api-source.ts";
import { BdrcClient } from "../bdrc/client.ts";
import type { BdrcClientOptions } from "../bdrc/client-options.ts";
import { type OfficialClient, sourceFromOfficialClient } from "../bdrc/official-client.ts";
import { TaskWaiter } from "../engine/task-waiter.ts";
import { invalidOption } from "../options/check-options.ts";
import { InvalidOptionError } from "../task/errors.ts";
import type { TaskSource } from "../task/source.ts";
import { apiWaiter } from "./api-waiter.ts";

/**
 * What to poll; at most one of `client`, `source` and `waiter`. With none, a client is made from the environment.
 */
export interface WaitTarget {
  /** A `BdrcClient`, its options, or a client of the official SDK; with `api`, options for its calls. */
  readonly client?: BdrcClient | BdrcClientOptions | OfficialClient | ApiClientOptions | undefined;
  /** Any other source of tasks. */
  readonly source?: TaskSource | undefined;
  /** A waiter of one's own, with its rate and its defaults. */
  readonly waiter?: TaskWaiter | undefined;
  /** A declared task API, from `defineTaskApi` or the presets of `taskwait/apis`, instead of BDRC. */
  readonly api?: TaskApi | undefined;
  /** Values of the declaration's own placeholders, such as `{ functionName: "resize" }`; only with `api`. */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /**
   * The service's words that count as success, in place of the declaration's; `"gone"` means that the task is not found
   * any more. Only with `api`.
   */
  readonly until?: string | readonly string[] | undefined;
}

/** How to call a declared API: credentials, region, endpoint, key, as of `taskApiSource`. */
export type ApiClientOptions = Omit<TaskApiSourceOptions, "set" | "until">;

/** The names of {@link WaitTarget}. */
export const WAIT_TARGET_NAMES: readonly (keyof WaitTarget)[] = [
  "client",
  "source",
  "waiter",
  "api",
  "set",
  "until",
];

const PLACES = ["client", "source", "waiter"] as const;

// Clients that were given as plain options, by what the options say, so that a loop which spells them out
// again each time still shares one client and one rate budget.
const byOptions = new Map<string, TaskWaiter>();
const MAX_BY_OPTIONS = 100;

const byObject = new WeakMap<object, TaskWaiter>();

/**
 * The waiter that all waits on the same target share.
 *
 * @throws {@link InvalidOptionError} when the target is none, or there are several.
 */
export function sharedWaiter(target: WaitTarget, action: string): TaskWaiter {
  const given = PLACES.filter((name) => target[name] !== undefined);
  if (given.length > 1) {
    throw new InvalidOptionError(`${action}: give ${given.join(" or ")}, not both`);
  }
  const { client, source, waiter, api, set, until } = target;
  if (api !== undefined) {
    if (source !== undefined || waiter !== undefined) {
      throw new InvalidOptionError(`${action}: give api or ${given.join()}, not both`);
    }
    return apiWaiter(api, target, action);
  }
  if (set !== undefined || until !== undefined) {
    const name = set === undefined ? "until" : "set";
    throw new InvalidOptionError(`${action}: ${name} is for declared APIs, so api must be given, too`);
  }
  if (waiter !== undefined) {
    if (!(waiter instanceof TaskWaiter)) {
      throw invalidOption(`${action}: waiter`, "must be a TaskWaiter", waiter);
    }
    return waiter;
  }
  if (source !== undefined) {
    if (typeof source?.describe !== "function") {
      throw invalidOption(`${action}: source`, "must have a describe function", source);
    }
    return waiterOf(source, () => source);
  }
  return waiterOfClient(client ?? {}, action);
}

function waiterOfClient(client: unknown, action: string): TaskWaiter {
  if (typeof client !== "object" || client === null) {
    throw invalidOption(
      `${action}: client`,
      "must be a BdrcClient, its options, or a client of the official SDK",
      client,
    );
  }
  if (isSource(client)) {
    return waiterOf(client, () => client);
  }
  if (typeof (client as Partial<OfficialClient>).describeTask === "function") {
    return waiterOf(client, () => sourceFromOfficialClient(client as OfficialClient));
  }
  return waiterOfOptions(client as BdrcClientOptions);
}

function waiterOfOptions(options: BdrcClientOptions): TaskWaiter {
  const values = Object.values(options);
  if (values.some((value) => typeof value === "object" || typeof value === "function")) {
    return waiterOf(options, () => new BdrcClient(options));
  }
  const key = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  const known = byOptions.get(key);
  if (known !== undefined) {
    return known;
  }
  const waiter = new TaskWaiter({ source: new BdrcClient(options) });
  byOptions.set(key, waiter);
  const [oldest] = byOptions.keys();
  if (byOptions.size > MAX_BY_OPTIONS && oldest !== undefined) {
    byOptions.delete(oldest);
  }
  return waiter;
}

function waiterOf(target: object, makeSource: () => TaskSource): TaskWaiter {
  const waiter = byObject.get(target) ?? new TaskWaiter({ source: makeSource() });
  byObject.set(target, waiter);
  return waiter;
}

function isSource(client: object): client is TaskSource {
  return typeof (client as Partial<TaskSource>).describe === "function";
}
