import { MonotonicClock } from "../async/monotonic-clock.ts";
import { checkOptionNames, invalidOption } from "../options/check-options.ts";
import { checkIdFor } from "../options/task-id.ts";
import {
  checkResultSchema,
  resolveWaitOptions,
  TASK_WAIT_OPTION_NAMES,
  type TaskWaitOptions,
} from "../policy/state/wait-options.ts";
import { restoreWait } from "../policy/state/wait-state.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { TaskSource } from "../task/source.ts";
import type { Task, TaskWithResult } from "../task/task.ts";
import { sharedWaiter, WAIT_TARGET_NAMES, type WaitTarget } from "../wait/shared-waiter.ts";
import { Run } from "./run.ts";
import { RUN_STATE_VERSION, type RunCheckpoint, restoreRun } from "./run-state.ts";
import { beforeNow } from "./start/send-start.ts";
import { checkStart, type TaskStart } from "./start/task-start.ts";
import { TaskRun } from "./task-run.ts";

/**
 * How to start and to wait, and where to poll. `timeoutMs` is for the whole run: all starts, waits and pauses
 * together. With none of `client`, `source` and `waiter`, the start's own source is polled.
 */
export interface RunTaskOptions<Result = unknown>
  extends Omit<TaskWaitOptions<Result>, "resume" | "justStarted">,
    WaitTarget {
  /** How often to start at most. Default 3. */
  readonly attempts?: number | undefined;
  /** How the service calls what is started, such as `UPDATE_RESOURCES`; the start's own by default. */
  readonly taskType?: string | undefined;
  /** Tells ours from other tasks of its type, when a start whose answer was lost is searched for. */
  readonly isOurs?: ((task: Task) => boolean) | undefined;
  /** Goes on with an earlier run: its attempts, its task and its deadline. */
  readonly resume?: RunCheckpoint | undefined;
}

const ACTION = "runTask";
const DEFAULT_ATTEMPTS = 3;
/**
 * The most starts of one run.
 *
 * @hidden
 */
export const MAX_ATTEMPTS = 100;
const OWN_NAMES = ["attempts", "taskType", "isOurs"];
const NAMES: ReadonlySet<string> = new Set([
  ...[...TASK_WAIT_OPTION_NAMES].filter((name) => name !== "justStarted"),
  ...WAIT_TARGET_NAMES,
  ...OWN_NAMES,
]);

/**
 * Starts a task, waits for it, and starts again when it failed because the service was busy
 * (`TaskFailedError.retryable`), with growing pauses and within one deadline.
 *
 * A start is sent again only when it certainly was not taken. One that may have been taken is searched for in the
 * listing, by type and time, and adopted.
 *
 * @param start - Makes one call that starts a task, such as {@link updateResources} or {@link checkRules} give.
 * @returns A promise of the completed task, which rejects as that of {@link waitForTask} does, and with
 * {@link StartUnknownError} or with what the start threw when it was refused.
 * @throws {@link InvalidOptionError} at once for a bad option or checkpoint.
 *
 * @example
 * ```ts
 * const task = await runTask(updateResources(client), { timeout: "2h" });
 * ```
 */
export function runTask<Result = unknown>(
  start: TaskStart,
  options: RunTaskOptions<Result> = {},
): TaskRun<TaskWithResult<Result>> {
  checkStart(start, ACTION);
  checkOptionNames(options, NAMES, ACTION);
  const { client, source, waiter, api, set, until, attempts, taskType, isOurs, resume, result, ...rest } =
    options as RunTaskOptions<Result>;
  checkResultSchema(result, ACTION);
  const waitOptions = resolveWaitOptions(rest, undefined, ACTION);
  if (waitOptions.timeoutMs === 0) {
    throw invalidOption(`${ACTION}: timeoutMs`, "must be more than 0", waitOptions.timeoutMs);
  }
  const given = { client, source, waiter, api, set, until };
  const isOwn = Object.values(given).every((one) => one === undefined);
  const target = isOwn && start.source !== undefined ? { source: start.source } : given;
  const clock = new MonotonicClock();
  const shared = sharedWaiter(target, ACTION);
  const type = taskType ?? start.taskType;
  const state =
    resume === undefined
      ? newRun(clock.nowMs(), waitOptions.timeoutMs, type)
      : checkResume(resume, shared.source, type);
  const run = new Run(
    {
      start,
      waiter: shared,
      waitOptions,
      result,
      attempts: checkAttempts(attempts),
      taskType: state.taskType,
      source: start.source ?? sourceOf(given) ?? (api === undefined ? undefined : shared.source),
      isOurs: checkIsOurs(isOurs),
      signal: rest.signal,
      state,
    },
    clock,
  );
  const handle = new TaskRun<TaskWithResult<Result>>(run);
  void Promise.resolve().then(() => run.begin());
  return handle;
}

function newRun(nowMs: number, timeoutMs: number, taskType: string | undefined): RunCheckpoint {
  return {
    version: RUN_STATE_VERSION,
    runStartedAtMs: nowMs,
    deadlineMs: nowMs + timeoutMs,
    attempt: 1,
    earlier: [],
    ...(taskType === undefined ? {} : { taskType }),
  };
}

function checkResume(resume: unknown, source: TaskSource, taskType: string | undefined): RunCheckpoint {
  const { wait, ...kept } = restoreRun(resume);
  if (taskType !== undefined && kept.taskType !== undefined && taskType !== kept.taskType) {
    throw new InvalidOptionError(
      `${ACTION}: resume: the checkpoint is of a start of type ${quoted(kept.taskType)}, this one is of type ${quoted(taskType)}`,
    );
  }
  const state = {
    ...kept,
    ...(taskType === undefined ? {} : { taskType }),
    ...(kept.sentAtMs === undefined ? {} : { sentAtMs: beforeNow(kept.sentAtMs) }),
  };
  if (state.taskId === undefined) {
    return state;
  }
  checkIdFor(source, state.taskId);
  return wait === undefined ? state : { ...state, wait: restoreWait(wait, state.taskId) };
}

function checkAttempts(attempts: unknown = DEFAULT_ATTEMPTS): number {
  if (
    typeof attempts !== "number" ||
    !Number.isInteger(attempts) ||
    attempts < 1 ||
    attempts > MAX_ATTEMPTS
  ) {
    throw invalidOption(`${ACTION}: attempts`, `must be a whole number from 1 to ${MAX_ATTEMPTS}`, attempts);
  }
  return attempts;
}

function checkIsOurs(isOurs: RunTaskOptions["isOurs"]): RunTaskOptions["isOurs"] {
  if (isOurs !== undefined && typeof isOurs !== "function") {
    throw invalidOption(`${ACTION}: isOurs`, "must be a function", isOurs);
  }
  return isOurs;
}

function sourceOf({ client, source }: WaitTarget): TaskSource | undefined {
  const candidate = source ?? client;
  return typeof (candidate as Partial<TaskSource> | undefined)?.describe === "function"
    ? (candidate as TaskSource)
    : undefined;
}
