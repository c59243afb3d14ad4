import { DAY_MS } from "../../options/named-durations.ts";
import { isFinalStatus } from "../../task/status.ts";
import { type TaskRecord, viewAt } from "./task-record.ts";

/** A task under the API's own names, ready to become JSON. */
export type WireTask = Readonly<Record<string, unknown>>;

/**
 * The task as `Data` of DescribeTask shows it, or undefined when the service would not know it.
 *
 * Source: API BDRC 2023-08-08, DescribeTask.
 */
export function wireTask(record: TaskRecord, nowMs: number): WireTask | undefined {
  const view = viewAt(record, nowMs);
  if (view.kind === "unknown") {
    return undefined;
  }
  const { spec, quirks, end } = record;
  const ended = isFinalStatus(view.status);
  const started = Math.min(nowMs, end.atMs) >= record.startsAtMs;
  const completeTime = ended
    ? seconds(end.atMs)
    : quirks.completeTimeWhileRunning && started
      ? seconds(record.startsAtMs)
      : undefined;
  const fields: Record<string, unknown> = {
    TaskId: record.taskId,
    TaskName: spec.taskName ?? `task ${record.taskId}`,
    TaskDescription: spec.taskDescription ?? "",
    TaskType: spec.taskType ?? "UPDATE_RESOURCES",
    TaskPriority: spec.taskPriority ?? "HIGH",
    RequestId: record.requestId,
    TaskDetail: jsonText(spec.detail),
    ExecutionId: "",
    ...(view.progress === undefined ? {} : { Progress: view.progress }),
    TaskStatus: view.status,
    ErrorMessage: ended ? end.errorMessage : started ? (quirks.errorWhileRunning ?? "") : "",
    ...time(record, "StartTime", started ? seconds(record.startsAtMs) : undefined),
    ...time(record, "CompleteTime", completeTime),
    ExpireTime: seconds(expireTimeMs(record)),
    TaskResult: view.status === "COMPLETE" ? jsonText(spec.result) : "",
  };
  return spec.fields === undefined ? fields : { ...fields, ...spec.fields };
}

function expireTimeMs(record: TaskRecord): number {
  if (record.quirks.expireInPast) {
    return record.createdAtMs - DAY_MS;
  }
  return Number.isFinite(record.expiresAtMs) ? record.expiresAtMs : record.createdAtMs + DAY_MS;
}

function time(record: TaskRecord, name: string, value: number | undefined): Record<string, number | null> {
  if (value !== undefined) {
    return { [name]: value };
  }
  switch (record.quirks.notYet ?? "zero") {
    case "zero":
      return { [name]: 0 };
    case "null":
      return { [name]: null };
    case "absent":
      return {};
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** As the API carries JSON: as text, and a text as it is. */
export function jsonText(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
