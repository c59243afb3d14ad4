import { BdrcClient, type BdrcClientOptions, type TaskSource } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import { type ApiFlags, parseSet, parseUntil } from "./api-flags.ts";
import { loadApis } from "./load-api.ts";
import type { NamedTask } from "./named-tasks.ts";

/** A task, and where it is seen. */
export interface SourcedTask extends NamedTask {
  readonly source: TaskSource;
}

/** Sources, and how to close them. */
export interface TaskSources {
  readonly tasks: readonly SourcedTask[];
  close(): Promise<void>;
}

/**
 * Makes one source for each API that tasks are of.
 *
 * @throws {@link UsageError} for `--set` and `--until` that nothing uses, `InvalidOptionError` for what can't be used.
 */
export async function sourcesOf(
  named: readonly NamedTask[],
  options: BdrcClientOptions,
  flags: ApiFlags,
): Promise<TaskSources> {
  const set = parseSet(flags.set);
  const until = parseUntil(flags.until);
  const apis = [...new Set(named.flatMap(({ api }) => api ?? []))];
  if (apis.length === 0 && (flags.set !== undefined || until !== undefined)) {
    throw new UsageError(
      `${until === undefined ? "--set" : "--until"} is for declared task APIs, such as ecs-instance:i-1`,
    );
  }
  const unused = new Set(Object.keys(set));
  const sources = new Map<NamedTask["api"], (TaskSource & { close(): Promise<void> | void }) | undefined>();
  for (const api of apis) {
    const { placeholdersOf, taskApiSource } = await loadApis();
    const wanted = placeholdersOf(api).filter((name) => Object.hasOwn(set, name));
    for (const name of wanted) {
      unused.delete(name);
    }
    // With one API only, the library says which name was meant.
    const given = apis.length === 1 ? set : Object.fromEntries(wanted.map((name) => [name, set[name] ?? ""]));
    sources.set(
      api,
      taskApiSource(api, {
        ...options,
        ...labeledCalls(options, named, api),
        set: given,
        ...(until === undefined ? {} : { until }),
      }),
    );
  }
  const [stray] = unused;
  if (stray !== undefined) {
    throw new UsageError(`--set ${stray.slice(0, 80)}: none of the APIs named has such a placeholder`);
  }
  if (named.some(({ api }) => api === undefined)) {
    sources.set(undefined, new BdrcClient(options));
  }
  return {
    tasks: named.map((task) => ({ ...task, source: sources.get(task.api) as TaskSource })),
    close: async () => {
      await Promise.all([...sources.values()].map(async (source) => await source?.close()));
    },
  };
}

/** Calls are counted and shown under the names of the command line: two services may have a task with one id. */
function labeledCalls(
  { onCall }: BdrcClientOptions,
  named: readonly NamedTask[],
  api: NamedTask["api"],
): Pick<BdrcClientOptions, "onCall"> {
  if (onCall === undefined) {
    return {};
  }
  const labels = new Map(named.filter((one) => one.api === api).map(({ taskId, label }) => [taskId, label]));
  return {
    onCall: (record) => {
      const taskId = labels.get(record.taskId ?? "") ?? record.taskId;
      onCall(taskId === undefined ? record : { ...record, taskId });
    },
  };
}
