/**
 * The states that the service documents for a task. `COMPLETE` means completed successfully; the last four
 * are final.
 *
 * Source: API BDRC 2023-08-08, DescribeTask, `Data.TaskStatus`.
 */
export const TASK_STATUSES = ["CREATED", "RUNNING", "COMPLETE", "FAILED", "EXPIRED", "CANCELED"] as const;

/** One of the documented states of a task. */
export type KnownTaskStatus = (typeof TASK_STATUSES)[number];

/**
 * A task's state: one of {@link TASK_STATUSES}, or any other string that the service may come to send. An
 * unknown state never ends a wait.
 */
export type TaskStatus = KnownTaskStatus | (string & Record<never, never>);

/** The states that end a task. */
export type FinalTaskStatus = "COMPLETE" | "FAILED" | "EXPIRED" | "CANCELED";

const KNOWN: ReadonlySet<string> = new Set(TASK_STATUSES);
const FINAL: ReadonlySet<string> = new Set<FinalTaskStatus>(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"]);

/** Whether the service documents this state. */
export function isKnownStatus(status: string): status is KnownTaskStatus {
  return KNOWN.has(status);
}

/** Whether a task in this state has ended. An unknown state has not. */
export function isFinalStatus(status: string): status is FinalTaskStatus {
  return FINAL.has(status);
}
