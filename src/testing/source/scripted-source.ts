import { unknownOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { MAX_PAGE_SIZE } from "../../task/pages-of.ts";
import type { CallOptions, TaskListQuery, TaskPage, TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";
import { CallLog, type ScriptedCall } from "./call-log.ts";
import { playStep, taskOf } from "./play-step.ts";
import { type Script, ScriptPosition } from "./script.ts";
import type { FullStep } from "./script-step.ts";

/** Options of {@link scriptedSource}. */
export interface ScriptedSourceOptions {
  /** How calls about a task without a script go. Default: `["notFound"]`. */
  readonly otherwise?: Script;
  /**
   * Gives the source a `list`, which shows every task whose next step shows one. Default: it has none, as a
   * source may.
   */
  readonly listing?: boolean;
  /** How long a listing takes, in milliseconds. Default 0. */
  readonly listDelayMs?: number;
}

/** A source that follows a script and remembers what it was asked. */
export interface ScriptedSource extends TaskSource {
  /** All calls so far, in order. */
  readonly calls: readonly ScriptedCall[];
  /** Calls that are not answered yet. */
  readonly inFlight: number;
  /** The highest number of calls in flight at the same time so far. */
  readonly mostInFlight: number;
  /** The calls about one task, in order. */
  callsOf(taskId: string): readonly ScriptedCall[];
  /** Gives a task another script from now on, which begins at its first step. */
  setScript(taskId: string, script: Script): void;
}

const OPTIONS = ["otherwise", "listing", "listDelayMs"];

/**
 * A {@link TaskSource} for tests: no network, no chance, and no clock but the platform's, so that fake timers
 * drive it.
 *
 * @param scripts - How the calls about each task go, by task id.
 * @throws `InvalidOptionError` when something is no script.
 *
 * @example
 * ```ts
 * const source = scriptedSource({ "t-1": ["CREATED", { status: "RUNNING", progress: 5000 }, "COMPLETE"] });
 * ```
 */
export function scriptedSource(
  scripts: Readonly<Record<string, Script>> = {},
  options: ScriptedSourceOptions = {},
): ScriptedSource {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new InvalidOptionError(`scriptedSource: ${unknownOption(unknown, OPTIONS)}`);
  }
  const log = new CallLog();
  const { otherwise = ["notFound"], listing = false, listDelayMs = 0 } = options;
  const positions = new Map<string, ScriptPosition>();
  const setScript = (taskId: string, script: Script) => {
    positions.set(taskId, new ScriptPosition(script, `scripts[${JSON.stringify(taskId)}]`));
  };
  for (const [taskId, script] of Object.entries(scripts)) {
    setScript(taskId, script);
  }
  const positionOf = (taskId: string): ScriptPosition => {
    const position = positions.get(taskId) ?? new ScriptPosition(otherwise, "otherwise");
    positions.set(taskId, position);
    return position;
  };

  const describe = (taskId: string, { signal }: CallOptions): Promise<Task> => {
    const step = positionOf(taskId).take(taskId, log.elapsedMs());
    if ("throws" in step) {
      // A source that throws before it has a promise must reach the caller as a throw, not as a rejection.
      void log.record({ method: "describe", taskId }, signal, async () => undefined);
      throw step.throws;
    }
    return log.record({ method: "describe", taskId }, signal, () => playStep(step, taskId, signal));
  };

  const list = (query: TaskListQuery, { signal }: CallOptions): Promise<TaskPage> =>
    log.record({ method: "list" }, signal, async () => {
      // A step whose task is not used: its delay ends with the signal, as that of every step.
      await playStep({ status: "RUNNING", delayMs: listDelayMs }, "listing", signal);
      return page(positions, query, log.elapsedMs());
    });

  return {
    describe,
    ...(listing ? { list } : {}),
    setScript,
    calls: log.calls,
    callsOf: (taskId) => log.calls.filter((call) => call.taskId === taskId),
    get inFlight(): number {
      return log.inFlight;
    },
    get mostInFlight(): number {
      return log.mostInFlight;
    },
  };
}

function page(
  positions: ReadonlyMap<string, ScriptPosition>,
  { taskStatus, nextToken, maxResults = 100 }: TaskListQuery,
  atMs: number,
): TaskPage {
  const size = Math.min(maxResults, MAX_PAGE_SIZE);
  const from = nextToken === undefined ? 0 : Number(nextToken);
  const shown: { readonly index: number; readonly task: Task }[] = [];
  const entries = [...positions];
  let index = from;
  for (; index < entries.length && shown.length < size; index++) {
    const [taskId, position] = entries[index] as [string, ScriptPosition];
    const task = taskOf(position.peek(taskId, atMs) as FullStep, taskId);
    if (task !== undefined && (taskStatus === undefined || task.taskStatus === taskStatus)) {
      // A listing moves the script on as a single poll does, so that a caller that only lists sees the task end.
      position.take(taskId, atMs);
      shown.push({ index, task });
    }
  }
  const tasks = shown.map(({ task }) => task);
  return index < entries.length ? { tasks, nextToken: String(index) } : { tasks };
}
