import type { PortableWaitOptions } from "../durable/step.ts";
import { checkOptionNames } from "../policy/option-names.ts";
import { type ResolvedWaitOptions, resolveWaitOptions, WAIT_OPTION_NAMES } from "../policy/wait-options.ts";
import type { TaskSource } from "../source.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";

/** What the services are made of, and what holds for their waits unless these say otherwise. */
export interface RestateServicesOptions extends Omit<PortableWaitOptions, "resume" | "justStarted"> {
  /** Where the tasks are seen; such as a `BdrcClient`. */
  readonly source: TaskSource;
  /** Calls a second over all processes. Take 85 % of what the account may. Default 5. */
  readonly perSecond?: number | undefined;
  /** Objects that poll; more of them shorten each one's queue. Default one for 20 calls a second. */
  readonly shards?: number | undefined;
  /** Whose quota it is, when several accounts share a Restate. Default `default`. */
  readonly account?: string | undefined;
  /** What the names of the services begin with. Default `Taskwait`. */
  readonly name?: string | undefined;
}

/** {@link RestateServicesOptions}, checked and complete. */
export interface ResolvedServicesOptions {
  readonly source: TaskSource;
  readonly perSecond: number;
  readonly shards: number;
  readonly account: string;
  readonly defaults: ResolvedWaitOptions;
  readonly waitService: { readonly name: string };
  readonly poller: { readonly name: string };
  readonly quota: { readonly name: string };
}

const ACTION = "restateServices";
const CALLS_A_SHARD = 20;
const ONE_WAIT_ONLY: ReadonlySet<string> = new Set(["signal", "resume", "justStarted"]);
const NAMES: ReadonlySet<string> = new Set([
  ...["source", "perSecond", "shards", "account", "name"],
  ...[...WAIT_OPTION_NAMES].filter((name) => !ONE_WAIT_ONLY.has(name)),
]);

/**
 * Checks the options of the services.
 *
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveServicesOptions(options: RestateServicesOptions): ResolvedServicesOptions {
  checkOptionNames(options, NAMES, ACTION);
  const {
    source,
    perSecond = 5,
    account = "default",
    name = "Taskwait",
    shards = Math.max(1, Math.round(Number(perSecond) / CALLS_A_SHARD)),
    ...waitOptions
  } = options as RestateServicesOptions;
  if (typeof source?.describe !== "function") {
    refuse("source", "an object with a describe function", source);
  }
  if (typeof perSecond !== "number" || !(perSecond > 0 && perSecond <= 10_000)) {
    refuse("perSecond", "a number above 0 and at most 10000", perSecond);
  }
  if (!Number.isInteger(shards) || shards < 1 || shards > 1000) {
    refuse("shards", "a whole number from 1 to 1000", shards);
  }
  if (typeof account !== "string" || !/^[\w.-]{1,100}$/.test(account)) {
    refuse("account", "1 to 100 letters, digits and _.-", account);
  }
  if (typeof name !== "string" || !/^[A-Za-z]\w{0,100}$/.test(name)) {
    refuse("name", "letters and digits, beginning with a letter", name);
  }
  return {
    source,
    perSecond,
    shards,
    account,
    defaults: resolveWaitOptions(waitOptions, undefined, ACTION),
    waitService: { name },
    poller: { name: `${name}Poller` },
    quota: { name: `${name}Quota` },
  };
}

function refuse(option: string, rule: string, value: unknown): never {
  throw new InvalidOptionError(`${ACTION}: ${option} must be ${rule}, got ${quoted(value)}`);
}

/** The poller that is in charge of a task. */
export function shardOf(taskId: string, { account, shards }: ResolvedServicesOptions): string {
  let hash = 0;
  for (let index = 0; index < taskId.length; index++) {
    hash = (Math.imul(hash, 31) + taskId.charCodeAt(index)) >>> 0;
  }
  return `${account}~${hash % shards}`;
}
