// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Waits for tasks of Alibaba Cloud's Backup and Disaster Recovery Center.
 *
 * Start with {@link waitForTask}; for many tasks see {@link waitForTasks} and {@link TaskWaiter}; for calls of
 * the API itself {@link BdrcClient}. What a driver of one's own needs (a durable engine, say) is
 * {@link beginWait}, {@link observe}, {@link decide} and {@link decideTimeout}.
 *
 * @packageDocumentation
 */

export type * from "./apis/format/task-api.ts";
export type { TaskApiSourceOptions } from "./apis/task-api-source.ts";
export type { Backoff } from "./async/backoff.ts";
export { type FailedAttempt, type RetryOptions, retry } from "./async/retry.ts";
export type { SettledPromise } from "./async/settled-promise.ts";
export { sleep } from "./async/sleep.ts";
export { startTimer } from "./async/timer.ts";
export { describeAccount } from "./bdrc/account.ts";
export {
  BdrcClient,
  type CheckRulesParameters,
  type DescribeTasksQuery,
  type StartedTask,
  type UpdateResourcesParameters,
} from "./bdrc/client.ts";
export type { BdrcClientOptions } from "./bdrc/client-options.ts";
export {
  type OfficialAnswer,
  type OfficialClient,
  sourceFromOfficialClient,
} from "./bdrc/official-client.ts";
export type { BatchOption } from "./engine/listing/listing-plan.ts";
export type { RateOption } from "./engine/rate/rate-limiter.ts";
export { TaskWaiter, type WaiterListener } from "./engine/task-waiter.ts";
export type { DetectionLagEstimate as LatenessEstimate } from "./engine/tasks/detection-lag.ts";
export type {
  GroupEnding,
  GroupEventArgs,
  GroupEventName,
  GroupProgressEvent,
  TaskGroupWait,
} from "./engine/wait/group-wait.ts";
export type { TaskWait, WaitListener } from "./engine/wait/task-wait.ts";
export type { TaskWaiterOptions } from "./engine/waiter-options.ts";
export type { WaiterStats } from "./engine/waiter-stats.ts";
export { Notifier, type NotifySubject } from "./notify/notifier.ts";
export { makeNotifier, notify } from "./notify/notify.ts";
export type { NotifyDelivery, NotifyFailure, NotifyOptions } from "./notify/notify-options.ts";
export type { AccountDescription } from "./openapi/account.ts";
export type {
  OfficialCredential,
  OfficialCredentialModel,
} from "./openapi/credentials/official-credential.ts";
export type { CallRecord } from "./openapi/http/call-record.ts";
export { formatDurationMs, parseDurationMs } from "./options/duration.ts";
export { DAY_MS, DEFAULT_TIMEOUT_MS } from "./options/named-durations.ts";
export { isBdrcTaskId } from "./options/task-id.ts";
export {
  type BeginWaitContext,
  beginWait,
  type ResumeWaitContext,
  resumeWait,
  type SourceIdentity,
} from "./policy/decide/begin-wait.ts";
export { decide, decideTimeout } from "./policy/decide/decide.ts";
export { rememberWait } from "./policy/decide/learn-from-wait.ts";
export type { EndPrediction as ProgressPrediction } from "./policy/forecast/end-prediction.ts";
export {
  type Judged,
  MAX_DURATIONS as MOST_DURATIONS,
  type TaskHistory,
  type TypeHistory,
} from "./policy/forecast/history.ts";
export type { PollValueCurve as WorthCurve } from "./policy/forecast/poll-value.ts";
export type { ProgressPoint, ProgressTrack } from "./policy/forecast/progress-extrapolation.ts";
export type { EstimateTrack } from "./policy/forecast/service-estimate.ts";
export { classifyError, type ErrorMeaning, retryAfterMsOf } from "./policy/observe/classify-error.ts";
export { classifyStart, type StartMeaning } from "./policy/observe/classify-start.ts";
export { type Observation, observe } from "./policy/observe/observe.ts";
export type { DecideContext, Decision } from "./policy/state/decision.ts";
export {
  DEFAULT_WAIT_OPTIONS,
  type JustStarted,
  type ResolvedWaitOptions,
  resolveWaitOptions,
  type TaskWaitOptions,
  type WaitOptions,
} from "./policy/state/wait-options.ts";
export { WAIT_STATE_VERSION, type WaitCheckpoint, type WaitState } from "./policy/state/wait-state.ts";
export type {
  OfAttempt,
  RunEventName,
  RunEventRecord,
  RunEvents,
  RunListener,
} from "./run/run-events.ts";
export type { RunOutcome, RunOutcomeKind } from "./run/run-outcome.ts";
export { RUN_STATE_VERSION, type RunCheckpoint } from "./run/run-state.ts";

export { MAX_ATTEMPTS, type RunTaskOptions, runTask } from "./run/run-task.ts";
export type { OnStartRetry } from "./run/start/send-start.ts";
export { type StartedTaskFinding, type StartTaskOptions, startTask } from "./run/start/start-task.ts";
export type { StartContext, TaskStart } from "./run/start/task-start.ts";

export { checkRules, updateResources } from "./run/starts.ts";
export type { TaskRun } from "./run/task-run.ts";
export { type ErrorRecord, toErrorRecord } from "./task/error-record.ts";
export * from "./task/errors.ts";
export {
  outcomeFields,
  toEventRecord,
  type WaitEventRecord,
  waitEventRecordSchema,
} from "./task/event-record.ts";
export { OUTCOME_KINDS, type Outcome, type OutcomeKind, type OutcomeOf } from "./task/outcome.ts";
export {
  type ListedPage,
  type ListingCut,
  MAX_PAGE_SIZE,
  type PagesOptions,
  pagesOf,
} from "./task/pages-of.ts";
export { parseTask } from "./task/parse-task.ts";
export { printable } from "./task/printable.ts";
export type { RecordSchema, SchemaIssue, SchemaResult, StandardSchema } from "./task/schema.ts";
export type {
  ApiIdentity,
  CallOptions,
  QuotaKeys,
  SourceLimits,
  TaskListQuery,
  TaskPage,
  TaskSource,
} from "./task/source.ts";
export {
  type FinalTaskStatus,
  isFinalStatus,
  isKnownStatus,
  type KnownTaskStatus,
  TASK_STATUSES,
  type TaskStatus,
} from "./task/status.ts";
export type { Task, TaskWithResult } from "./task/task.ts";
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
export type { ApiClientOptions, WaitTarget } from "./wait/shared-waiter.ts";
export { type WaitForTaskOptions, waitForTask } from "./wait/wait-for-task.ts";
export { type WaitForTasksOptions, waitForTasks } from "./wait/wait-for-tasks.ts";
