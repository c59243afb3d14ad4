import { createHash } from "node:crypto";
import type { WaitEventRecord } from "../task/event-record.ts";

/** An event of a wait as a CloudEvent 1.0. */
export interface Notification {
  readonly specversion: "1.0";
  /** The same over all tries, and for the same end of the same task in any process. */
  readonly id: string;
  /** Which API the task is of: `urn:taskwait:bdrc`. */
  readonly source: string;
  /** `taskwait.settled`, and so on by the event's name. */
  readonly type: string;
  /** The task. */
  readonly subject: string;
  /** When it was told, by RFC 3339. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  /** A line of `--output jsonl`. */
  readonly data: WaitEventRecord;
}

// The ends that are the task's own, as outcomes and as events.
const FINAL: ReadonlySet<string> = new Set(["complete", "failed", "expired", "canceled"]);
const ID_LENGTH = 32;

/**
 * Makes the CloudEvent of a record.
 *
 * @param apiName - The declared API that the task is of; absent for BDRC.
 * @param earlier - How many events with the same name and status this wait has told before.
 */
export function toNotification(
  record: WaitEventRecord,
  apiName: string | undefined,
  earlier: number,
): Notification {
  const source = `urn:taskwait:${encodeURIComponent(apiName ?? "bdrc")}`;
  const { event, taskId, timeMs } = record;
  const id = createHash("sha256")
    .update(JSON.stringify([source, taskId, event, ...sameness(record, earlier)]))
    .digest("hex")
    .slice(0, ID_LENGTH);
  return {
    specversion: "1.0",
    id,
    source,
    type: `taskwait.${event}`,
    subject: taskId,
    time: new Date(timeMs).toISOString(),
    datacontenttype: "application/json",
    data: record,
  };
}

/** What tells an event from another of its name and task; the time only where the same can happen again. */
function sameness(record: WaitEventRecord, earlier: number): readonly unknown[] {
  switch (record.event) {
    case "settled":
      return FINAL.has(record.outcome) ? [record.outcome] : [record.outcome, record.timeMs];
    case "status":
      return [record.previous?.taskStatus ?? null, record.task.taskStatus, earlier];
    default:
      return FINAL.has(record.event) ? [] : [record.timeMs, earlier];
  }
}
