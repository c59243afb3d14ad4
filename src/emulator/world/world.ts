import { randomUUID } from "node:crypto";
import { checkOption, invalidOption } from "../../options/check-options.ts";
import type { FinalTaskStatus } from "../../task/status.ts";
import { type Random, seededRandom } from "./random.ts";
import { type ListingOrder, type TaskFilter, TaskListing } from "./task-listing.ts";
import { makeTaskRecord, statusAt, type TaskRecord, viewAt } from "./task-record.ts";
import { finalStatus, type TaskQuirks, type TaskSpec, taskSpec } from "./task-spec.ts";
import { type WireTask, wireTask } from "./wire-task.ts";

const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
// Forgotten tasks are thrown out whenever this many more were added.
const PURGE_EVERY = 1024;

/** A task of the emulator's world, at one moment. */
export interface WorldTask {
  readonly taskId: string;
  readonly taskStatus: string;
  /** 0 to 10000; absent when the task reports none. */
  readonly progress?: number;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  /** Unix milliseconds; when the task leaves CREATED. */
  readonly startsAtMs: number;
  /** Unix milliseconds; `Infinity` for a task that never ends. */
  readonly endsAtMs: number;
  /** What it was made of. */
  readonly spec: TaskSpec;
  /** The API's own fields. */
  readonly wire: WireTask;
}

/** What a {@link World} is made of. */
export interface WorldOptions {
  /** Unix milliseconds; the world's only clock. */
  readonly now: () => number;
  /** Default 1. */
  readonly seed?: number;
  /** Divides all durations; default 1. */
  readonly speed?: number;
  /** Quirks of every task; a task's own come first. */
  readonly quirks?: TaskQuirks;
  /** The order of listings: `shuffled` (default: the API promises none), `newest` or `oldest` first. */
  readonly order?: ListingOrder;
}

/**
 * All tasks of one account. Nothing in it happens by itself: the state of a task is computed from the clock when it
 * is asked for.
 */
export class World {
  readonly #now: () => number;
  readonly #random: Random;
  readonly #speed: number;
  readonly #quirks: TaskQuirks;
  readonly #byId = new Map<string, TaskRecord>();
  readonly #listing: TaskListing;
  #untilPurge = PURGE_EVERY;

  constructor(options: WorldOptions) {
    this.#now = options.now;
    this.#random = seededRandom(options.seed ?? 1);
    this.#speed = options.speed ?? 1;
    this.#quirks = options.quirks ?? {};
    this.#listing = new TaskListing(options.order ?? "shuffled", this.#random);
  }

  /** How many tasks there are, those that can't be seen yet included. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * Makes a task, now.
   *
   * @throws `InvalidOptionError` for a spec that can't be, or an id that is taken.
   */
  addTask(spec: TaskSpec = {}): WorldTask {
    const checked = checkOption(taskSpec, spec, "addTask()");
    const taskId = checked.taskId ?? this.#newTaskId();
    if (this.#byId.has(taskId)) {
      throw invalidOption("addTask().taskId", "must be new", taskId);
    }
    this.#purge();
    const record = makeTaskRecord(checked, {
      taskId,
      requestId: randomUUID().toUpperCase(),
      nowMs: this.#now(),
      random: this.#random,
      speed: this.#speed,
      quirks: this.#quirks,
    });
    this.#byId.set(taskId, record);
    this.#listing.add(record);
    return this.#present(record, this.#now());
  }

  /** The task as it is now; undefined when there is none, and before `hiddenMs` or after `retentionMs`. */
  task(taskId: string): WorldTask | undefined {
    const record = this.#byId.get(taskId);
    const nowMs = this.#now();
    return record === undefined || statusAt(record, nowMs) === undefined
      ? undefined
      : this.#present(record, nowMs);
  }

  /** All tasks that can be seen now. */
  tasks(filter: TaskFilter = {}): WorldTask[] {
    const nowMs = this.#now();
    const { records } = this.#listing.select(filter, nowMs, 0, Number.POSITIVE_INFINITY);
    return records.map((record) => this.#present(record, nowMs));
  }

  /** A stretch of the listing, as it is at this moment, and how many tasks the filter lets through. */
  page(
    filter: TaskFilter,
    offset: number,
    limit: number,
  ): { readonly tasks: readonly WireTask[]; readonly total: number } {
    const nowMs = this.#now();
    const { records, total } = this.#listing.select(filter, nowMs, offset, limit);
    return { tasks: records.map((record) => wireTask(record, nowMs) ?? {}), total };
  }

  /**
   * Ends a task now, whatever its spec says. A task that has ended stays as it is.
   *
   * @returns Whether the task was there and had not ended.
   * @throws `InvalidOptionError` for a status that is not final.
   */
  end(taskId: string, status: FinalTaskStatus, errorMessage = ""): boolean {
    checkOption(finalStatus, status, "end().status");
    const record = this.#byId.get(taskId);
    const nowMs = this.#now();
    if (record === undefined || record.end.atMs <= nowMs) {
      return false;
    }
    record.end = { atMs: nowMs, status, errorMessage };
    this.#listing.update(record);
    return true;
  }

  /** Cancels a task, as somebody at the service might; the API has no call for it. */
  cancel(taskId: string): boolean {
    return this.end(taskId, "CANCELED");
  }

  /** Makes the service forget the task. */
  forget(taskId: string): boolean {
    const known = this.#byId.delete(taskId);
    if (known) {
      this.#listing.retain((record) => record.taskId !== taskId);
    }
    return known;
  }

  #present(record: TaskRecord, nowMs: number): WorldTask {
    const view = viewAt(record, nowMs);
    const progress = view.kind === "known" ? view.progress : undefined;
    return {
      taskId: record.taskId,
      taskStatus: view.kind === "known" ? view.status : "CREATED",
      ...(progress === undefined ? {} : { progress }),
      createdAtMs: record.createdAtMs,
      startsAtMs: record.startsAtMs,
      endsAtMs: record.end.atMs,
      spec: record.spec,
      wire: wireTask(record, nowMs) ?? {},
    };
  }

  #purge(): void {
    this.#untilPurge -= 1;
    if (this.#untilPurge > 0) {
      return;
    }
    this.#untilPurge = Math.max(PURGE_EVERY, this.#byId.size >> 2);
    const nowMs = this.#now();
    this.#listing.retain((record) => {
      const kept = nowMs < record.end.atMs + record.retentionMs;
      if (!kept) {
        this.#byId.delete(record.taskId);
      }
      return kept;
    });
  }

  #newTaskId(): string {
    let taskId = "t-";
    while (taskId.length < 22) {
      taskId += ID_ALPHABET[Math.floor(this.#random() * ID_ALPHABET.length)];
    }
    return taskId;
  }
}
