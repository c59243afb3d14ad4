// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Waits as activities of Temporal. The side of the workflow is `taskwait/temporal/workflow`. Needs the optional peers
 * `@temporalio/activity` and `@temporalio/common`, and `@temporalio/workflow` for the other side.
 *
 * @packageDocumentation
 */
export type { OutcomeRecord } from "../durable/outcome-record.ts";
export type { PortableWaitOptions } from "../durable/step.ts";
export type { WaitRequest } from "../durable/wait-request.ts";
export { type TaskActivitiesOptions, taskActivities } from "./activities.ts";
export { outcomeOfFailure } from "./outcome-failure.ts";
export type { TaskActivities } from "./request.ts";
