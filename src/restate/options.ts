import { checkPerSecond, refuseOption, resolveDriverOptions } from "../durable/driver-options.ts";
import type { PortableWaitOptions } from "../durable/step.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { TaskSource } from "../task/source.ts";

/** What the services are made of, and what holds for their waits unless these say otherwise. */
export interface RestateServicesOptions extends Omit<PortableWaitOptions, "resume" | "justStarted"> {
  /** Where the tasks are seen; such as a `BdrcClient`. */
  readonly source: TaskSource;
  /** Calls a second that the account may make, for all processes together; they plan four fifths of it. Default 5. */
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

/**
 * Checks the options of the services.
 *
 * @throws {@link InvalidOptionError} naming the option, the rule and the value.
 */
export function resolveServicesOptions(options: RestateServicesOptions): ResolvedServicesOptions {
  const { source, defaults } = resolveDriverOptions(
    options,
    ["perSecond", "shards", "account", "name"],
    ACTION,
  );
  const { account = "default", name = "Taskwait" } = options;
  const perSecond = checkPerSecond(ACTION, options.perSecond ?? 5);
  const { shards = Math.max(1, Math.round(perSecond / CALLS_A_SHARD)) } = options;
  if (!Number.isInteger(shards) || shards < 1 || shards > 1000) {
    refuseOption(ACTION, "shards", "a whole number from 1 to 1000", shards);
  }
  if (typeof account !== "string" || !/^[\w.-]{1,100}$/.test(account)) {
    refuseOption(ACTION, "account", "1 to 100 letters, digits and _.-", account);
  }
  if (typeof name !== "string" || !/^[A-Za-z]\w{0,100}$/.test(name)) {
    refuseOption(ACTION, "name", "letters and digits, beginning with a letter", name);
  }
  return {
    source,
    perSecond,
    shards,
    account,
    defaults,
    waitService: { name },
    poller: { name: `${name}Poller` },
    quota: { name: `${name}Quota` },
  };
}

/** The poller that is in charge of a task. */
export function shardOf(taskId: string, { account, shards }: ResolvedServicesOptions): string {
  let hash = 0;
  for (let index = 0; index < taskId.length; index++) {
    hash = (Math.imul(hash, 31) + taskId.charCodeAt(index)) >>> 0;
  }
  return `${account}~${hash % shards}`;
}
