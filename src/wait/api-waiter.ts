import { TaskWaiter } from "../engine/task-waiter.ts";
import { invalidOption } from "../options/check-options.ts";
import { declaredApiOf } from "../task/declared-api.ts";

// Waiters of declared APIs, by all that decides whom they ask and how they read it.
const byKey = new Map<string, TaskWaiter>();
const MAX_BY_KEY = 100;

const byClient = new WeakMap<object, Map<string, TaskWaiter>>();

/**
 * The waiter that all waits on one declared API share, as far as they call as the same account, in the same region, with
 * the same `set` and `until`.
 *
 * @param client - Options of a caller.
 * @throws {@link InvalidOptionError} when the declaration did not come from `defineTaskApi`, or an option can't be used.
 */
export function apiWaiter(
  api: unknown,
  {
    client = {},
    set,
    until,
  }: { readonly client?: unknown; readonly set?: unknown; readonly until?: unknown },
  action: string,
): TaskWaiter {
  const declared = declaredApiOf(api);
  if (declared === undefined) {
    throw invalidOption(
      `${action}: api`,
      'must come from defineTaskApi() or from the presets of "taskwait/apis"',
      api,
    );
  }
  if (typeof client !== "object" || client === null || isClient(client)) {
    throw invalidOption(
      `${action}: with api, client`,
      "must be options such as { regionId, accessKeyId, accessKeySecret }",
      client,
    );
  }
  const { name, digest } = declared.identity;
  const key = JSON.stringify([name, digest, sorted(set), until]);
  const make = () => new TaskWaiter({ source: declared.source({ ...client, set, until }) });
  const values = Object.values(client);
  if (values.some((value) => typeof value === "object" || typeof value === "function")) {
    const waiters = byClient.get(client) ?? new Map<string, TaskWaiter>();
    byClient.set(client, waiters);
    return known(waiters, key, make);
  }
  return known(byKey, JSON.stringify([key, sorted(client)]), make);
}

function known(waiters: Map<string, TaskWaiter>, key: string, make: () => TaskWaiter): TaskWaiter {
  const waiter = waiters.get(key) ?? make();
  waiters.set(key, waiter);
  const [oldest] = waiters.keys();
  if (waiters.size > MAX_BY_KEY && oldest !== undefined) {
    waiters.delete(oldest);
  }
  return waiter;
}

function isClient(client: object): boolean {
  return ["describe", "describeTask"].some((name) => typeof Reflect.get(client, name) === "function");
}

function sorted(values: unknown): unknown {
  return typeof values === "object" && values !== null && !Array.isArray(values)
    ? Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
    : values;
}
