/**
 * Waits for tasks of Alibaba Cloud's Backup and Disaster Recovery Center.
 *
 * Start with {@link waitForTask}; for many tasks see {@link waitForTasks} and {@link TaskWaiter}; for calls of
 * the API itself {@link BdrcClient}. What a driver of one's own needs (a durable engine, say) is
 * {@link beginWait}, {@link observe}, {@link decide} and {@link decideTimeout}.
 *
 * @packageDocumentation
 */
export { type AccountDescription, describeAccount } from "./bdrc/account.ts";
export type { CallRecord } from "./bdrc/call-record.ts";
export {
  BdrcClient,
  type CheckRulesParameters,
  type DescribeTasksQuery,
  type StartedTask,
  type UpdateResourcesParameters,
} from "./bdrc/client.ts";
export type { BdrcClientOptions } from "./bdrc/client-options.ts";
export type { OfficialCredential, OfficialCredentialModel } from "./bdrc/credential.ts";
export {
  type OfficialAnswer,
  type OfficialClient,
  sourceFromOfficialClient,
} from "./bdrc/official-client.ts";
export type { LatenessEstimate } from "./engine/lateness-sample.ts";
export type { RateOption } from "./engine/rate-gate.ts";
export type {
  GroupEnding,
  GroupEventArgs,
  GroupEventName,
  GroupProgressEvent,
  TaskGroupWait,
} from "./engine/task-group-wait.ts";
export type { TaskWait, WaitListener } from "./engine/task-wait.ts";
export { TaskWaiter, type WaiterListener } from "./engine/task-waiter.ts";
export type { TaskWaiterOptions } from "./engine/waiter-options.ts";
export type { WaiterStats } from "./engine/waiter-stats.ts";
export { type BeginWaitContext, beginWait, resumeWait } from "./policy/begin-wait.ts";
export { classifyError, type ErrorMeaning } from "./policy/classify-error.ts";
export { classifyStart, type StartMeaning } from "./policy/classify-start.ts";
export { decide, decideTimeout } from "./policy/decide.ts";
export type { DecideContext, Decision } from "./policy/decision.ts";
export { MOST_DURATIONS, type TaskHistory, type TypeHistory } from "./policy/history.ts";
export { rememberWait } from "./policy/lesson.ts";
export { type Observation, observe } from "./policy/observe.ts";
export type { ProgressPoint, ProgressPrediction, ProgressTrack } from "./policy/progress-track.ts";
export type { BatchOption } from "./policy/sweep-plan.ts";
export {
  DEFAULT_WAIT_OPTIONS,
  type JustStarted,
  type ResolvedWaitOptions,
  resolveWaitOptions,
  type WaitOptions,
} from "./policy/wait-options.ts";
export { WAIT_STATE_VERSION, type WaitCheckpoint, type WaitState } from "./policy/wait-state.ts";
export type { WorthCurve } from "./policy/worth.ts";
export type { CallOptions, TaskListQuery, TaskPage, TaskSource } from "./source.ts";
export { formatDurationMs, parseDurationMs } from "./task/duration.ts";
export * from "./task/errors.ts";
export {
  type ErrorRecord,
  outcomeFields,
  toErrorRecord,
  toEventRecord,
  type WaitEventRecord,
  waitEventRecordSchema,
} from "./task/event-record.ts";
export { OUTCOME_KINDS, type Outcome, type OutcomeKind, type OutcomeOf } from "./task/outcome.ts";
export { parseTask } from "./task/parse-task.ts";
export { printable } from "./task/printable.ts";
export {
  type FinalTaskStatus,
  isFinalStatus,
  isKnownStatus,
  type KnownTaskStatus,
  TASK_STATUSES,
  type TaskStatus,
} from "./task/status.ts";
export type { Task } from "./task/task.ts";
export {
  type PollEvent,
  type ProgressEvent,
  type RetryEvent,
  type StatusEvent,
  type ThrottledEvent,
  WAIT_EVENT_NAMES,
  type WaitEvent,
  type WaitEventName,
  type WaitEvents,
  type WarningEvent,
} from "./task/wait-events.ts";
export type {
  OfAttempt,
  RunEventName,
  RunEvents,
  RunListener,
  RunOutcome,
  RunOutcomeKind,
} from "./wait/run-events.ts";
export { RUN_STATE_VERSION, type RunCheckpoint } from "./wait/run-state.ts";
export { type RunTaskOptions, runTask } from "./wait/run-task.ts";
export type { OnStartRetry } from "./wait/send-start.ts";
export type { WaitTarget } from "./wait/shared-waiter.ts";
export { type StartedTaskFinding, type StartTaskOptions, startTask } from "./wait/start-task.ts";
export { checkRules, updateResources } from "./wait/starts.ts";
export type { TaskRun } from "./wait/task-run.ts";
export type { StartContext, TaskStart } from "./wait/task-start.ts";
export { type WaitForTaskOptions, waitForTask } from "./wait/wait-for-task.ts";
export { waitForTasks } from "./wait/wait-for-tasks.ts";
