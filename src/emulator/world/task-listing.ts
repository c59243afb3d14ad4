import type { Random } from "./random.ts";
import { statusAt, type TaskRecord } from "./task-record.ts";

const FINAL_CODES = ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] as const;
const CREATED_CODE = 4;
const RUNNING_CODE = 5;
// Of a task that shows statuses of its own, which only its record knows.
const STAGED_CODE = 6;
const NO_CODE = 7;
/** Visible from, starts, ends, forgotten from. */
const TIMES = 4;

/** Which tasks a listing is to show. */
export interface TaskFilter {
  readonly taskStatus?: string;
  readonly taskType?: string;
}

/** The order of listings: `shuffled` (the API promises none), `newest` or `oldest` first. */
export type ListingOrder = "shuffled" | "newest" | "oldest";

/**
 * The tasks in the order in which listings show them. The filtered values are in flat arrays: reading a hundred
 * thousand scattered objects for every page takes ten times as long.
 */
export class TaskListing {
  readonly #order: ListingOrder;
  readonly #random: Random;
  #records: TaskRecord[] = [];
  #times = new Float64Array(64 * TIMES);
  #endCodes = new Uint8Array(64);

  constructor(order: ListingOrder, random: Random) {
    this.#order = order;
    this.#random = random;
  }

  /** Adds a task. In a shuffled listing it takes another's place, so that pages shift under a reader, as they may. */
  add(record: TaskRecord): void {
    const last = this.#records.length;
    this.#reserve(last + 1);
    const slot = this.#order === "shuffled" ? Math.floor(this.#random() * (last + 1)) : last;
    const displaced = this.#records[slot];
    if (displaced !== undefined) {
      this.#put(last, displaced);
    }
    this.#put(slot, record);
  }

  /** Takes over that a task's end has changed. */
  update(record: TaskRecord): void {
    this.#put(record.slot, record);
  }

  /** Keeps those that the predicate holds for. */
  retain(keep: (record: TaskRecord) => boolean): void {
    const kept = this.#records.filter(keep);
    this.#records = [];
    for (const [slot, record] of kept.entries()) {
      this.#put(slot, record);
    }
  }

  /** A stretch of the tasks that the filter lets through at a moment, and how many these are in all. */
  select(
    filter: TaskFilter,
    nowMs: number,
    offset: number,
    limit: number,
  ): { readonly records: readonly TaskRecord[]; readonly total: number } {
    const { taskStatus, taskType } = filter;
    const wanted = taskStatus === undefined ? undefined : codeOf(taskStatus);
    const records: TaskRecord[] = [];
    let total = 0;
    const count = this.#records.length;
    for (let n = 0; n < count; n += 1) {
      const slot = this.#order === "newest" ? count - 1 - n : n;
      const code = this.#codeAt(slot, nowMs);
      if (code === undefined || (wanted !== undefined && code !== wanted && code !== STAGED_CODE)) {
        continue;
      }
      const record = this.#records[slot];
      if (
        record !== undefined &&
        matches(record, taskType, code === STAGED_CODE ? taskStatus : undefined, nowMs)
      ) {
        if (total >= offset && total < offset + limit) {
          records.push(record);
        }
        total += 1;
      }
    }
    return { records, total };
  }

  #codeAt(slot: number, nowMs: number): number | undefined {
    const at = slot * TIMES;
    const times = this.#times;
    if (nowMs < (times[at] ?? 0) || nowMs >= (times[at + 3] ?? 0)) {
      return undefined;
    }
    const endCode = this.#endCodes[slot] ?? 0;
    if (endCode >= STAGED_CODE) {
      return STAGED_CODE;
    }
    if (nowMs >= (times[at + 2] ?? 0)) {
      return endCode;
    }
    return nowMs < (times[at + 1] ?? 0) ? CREATED_CODE : RUNNING_CODE;
  }

  #put(slot: number, record: TaskRecord): void {
    record.slot = slot;
    this.#records[slot] = record;
    const { end } = record;
    const forgottenAtMs = end.atMs + record.retentionMs;
    this.#times.set([record.visibleAtMs, record.startsAtMs, end.atMs, forgottenAtMs], slot * TIMES);
    this.#endCodes[slot] = record.stages.length > 0 ? STAGED_CODE : FINAL_CODES.indexOf(end.status);
  }

  #reserve(count: number): void {
    if (count <= this.#endCodes.length) {
      return;
    }
    const times = new Float64Array(2 * this.#times.length);
    times.set(this.#times);
    this.#times = times;
    const endCodes = new Uint8Array(2 * this.#endCodes.length);
    endCodes.set(this.#endCodes);
    this.#endCodes = endCodes;
  }
}

function codeOf(status: string): number {
  const code = (FINAL_CODES as readonly string[]).indexOf(status);
  if (code >= 0) {
    return code;
  }
  return status === "CREATED" ? CREATED_CODE : status === "RUNNING" ? RUNNING_CODE : NO_CODE;
}

function matches(
  record: TaskRecord,
  taskType: string | undefined,
  taskStatus: string | undefined,
  nowMs: number,
): boolean {
  return (
    (taskType === undefined || taskType === (record.spec.taskType ?? "UPDATE_RESOURCES")) &&
    (taskStatus === undefined || taskStatus === statusAt(record, nowMs))
  );
}
