import type { TaskApi } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import type { ApiFlags } from "./api-flags.ts";
import { loadApi, loadApis } from "./load-api.ts";

/** A task as it was named on the command line. */
export interface NamedTask {
  /** As it was typed: `ros-stack:c754d2a4`, or a bare id. */
  readonly label: string;
  readonly taskId: string;
  /** Absent for BDRC. */
  readonly api?: TaskApi;
}

const PREFIXED = /^([a-z][a-z0-9-]{0,62}):(.+)$/s;

/**
 * Tells which API each id is of: by a prefix (`ros-stack:c754d2a4`), by `--api` for bare ones, else BDRC's. A prefix that
 * is no API's, but looks like a mistyped one, is refused; with a digit in it, it is part of an id, as ever.
 *
 * @throws {@link UsageError} naming what is wrong.
 */
export async function nameTasks(
  words: readonly string[],
  flags: ApiFlags,
  signal?: AbortSignal,
): Promise<readonly NamedTask[]> {
  const own =
    flags.api === undefined || flags.api === "" ? undefined : await loadApi(flags.api, "--api", signal);
  const tasks: NamedTask[] = [];
  for (const label of words) {
    const [, prefix = "", rest = ""] = PREFIXED.exec(label) ?? [];
    const api = prefix === "" ? undefined : await apiOfPrefix(prefix, own);
    if (api !== undefined) {
      tasks.push({ label, taskId: rest, api });
    } else {
      tasks.push({ label, taskId: label, ...(own === undefined ? {} : { api: own }) });
    }
  }
  return tasks;
}

async function apiOfPrefix(prefix: string, own: TaskApi | undefined): Promise<TaskApi | undefined> {
  if (prefix === own?.name) {
    return own;
  }
  const { nearestPreset, presets } = await loadApis();
  if (Object.hasOwn(presets, prefix)) {
    return presets[prefix as keyof typeof presets];
  }
  // The ids of an API whose file was named may hold colons of their own.
  if (own !== undefined || /\d/.test(prefix)) {
    return undefined;
  }
  const near = nearestPreset(prefix);
  const hint = near === undefined ? "taskwait apis lists them" : `did you mean ${near}?`;
  throw new UsageError(`"${prefix}:" names no declared task API; ${hint}`);
}
