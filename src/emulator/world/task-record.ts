import { DAY_MS } from "../../options/named-durations.ts";
import { FULL_PROGRESS } from "../../task/parse-task.ts";
import { type FinalTaskStatus, isFinalStatus } from "../../task/status.ts";
import { drawDurationMs } from "./duration-model.ts";
import { type ProgressModel, progressShare } from "./progress-model.ts";
import type { Random } from "./random.ts";
import type { TaskQuirks, TaskSpec } from "./task-spec.ts";

// A task without an end has no time share to report progress by: it approaches all of it at this pace.
const ENDLESS_SCALE_MS = 60_000;

/** A task of the world: all that was decided when it was made, and what was done to it since. */
export interface TaskRecord {
  readonly taskId: string;
  readonly requestId: string;
  readonly seed: number;
  readonly spec: TaskSpec;
  readonly quirks: TaskQuirks;
  readonly progress: ProgressModel;
  readonly createdAtMs: number;
  readonly visibleAtMs: number;
  readonly startsAtMs: number;
  readonly stages: readonly { readonly atMs: number; readonly status: string }[];
  readonly expiresAtMs: number;
  readonly retentionMs: number;
  /** When and how it ends; the end may be brought forward from outside. */
  end: TaskEnd;
  /** Its place in the listing. */
  slot: number;
}

/** The end of a task. */
export interface TaskEnd {
  readonly atMs: number;
  readonly status: FinalTaskStatus;
  readonly errorMessage: string;
}

/** What can be told of a task at one moment. */
export type TaskView =
  | { readonly kind: "unknown" }
  | { readonly kind: "known"; readonly status: string; readonly progress: number | undefined };

/** What {@link makeTaskRecord} needs beside the spec. */
export interface TaskContext {
  readonly taskId: string;
  readonly requestId: string;
  readonly nowMs: number;
  readonly random: Random;
  /** All durations are divided by it. */
  readonly speed: number;
  readonly quirks: TaskQuirks;
}

/** Draws what is to be drawn and fixes the task's whole life. */
export function makeTaskRecord(spec: TaskSpec, context: TaskContext): TaskRecord {
  const { nowMs, random, speed } = context;
  const startsAtMs = nowMs + drawDurationMs(spec.createdMs ?? 0, random) / speed;
  const ownEndMs = startsAtMs + drawDurationMs(spec.durationMs ?? 10_000, random) / speed;
  const status = endOf(spec);
  const expiresAtMs = status === "EXPIRED" ? ownEndMs : nowMs + (spec.expiresMs ?? DAY_MS) / speed;
  const progress = spec.progress ?? "linear";
  return {
    taskId: context.taskId,
    requestId: context.requestId,
    seed: Math.floor(random() * 2 ** 32),
    spec,
    quirks: { ...context.quirks, ...spec.quirks },
    progress: typeof progress === "string" ? { kind: progress } : progress,
    createdAtMs: nowMs,
    visibleAtMs: nowMs + (spec.hiddenMs ?? 0) / speed,
    startsAtMs,
    stages: (spec.stages ?? []).map((stage) => ({
      atMs: startsAtMs + stage.afterMs / speed,
      status: stage.status,
    })),
    expiresAtMs,
    retentionMs: (spec.retentionMs ?? 7 * DAY_MS) / speed,
    end:
      ownEndMs <= expiresAtMs
        ? { atMs: ownEndMs, status, errorMessage: ownErrorMessage(spec) }
        : { atMs: expiresAtMs, status: "EXPIRED", errorMessage: "" },
    slot: 0,
  };
}

function endOf({ end, status }: TaskSpec): FinalTaskStatus {
  return end ?? status ?? "COMPLETE";
}

function ownErrorMessage(spec: TaskSpec): string {
  return spec.errorMessage ?? (endOf(spec) === "FAILED" ? "device not online" : "");
}

/** What the service shows of the task at a moment. */
export function viewAt(record: TaskRecord, nowMs: number): TaskView {
  const status = statusAt(record, nowMs);
  return status === undefined
    ? { kind: "unknown" }
    : { kind: "known", status, progress: progressAt(record, status, nowMs) };
}

/** The task's status at a moment; undefined before it can be seen and after it is forgotten. */
export function statusAt(record: TaskRecord, nowMs: number): string | undefined {
  const { end } = record;
  if (nowMs < record.visibleAtMs || nowMs >= end.atMs + record.retentionMs) {
    return undefined;
  }
  if (nowMs >= end.atMs) {
    return end.status;
  }
  if (nowMs < record.startsAtMs) {
    return "CREATED";
  }
  return record.stages.findLast((stage) => nowMs >= stage.atMs)?.status ?? "RUNNING";
}

function progressAt(record: TaskRecord, status: string, nowMs: number): number | undefined {
  const { quirks, progress } = record;
  if (progress.kind === "none") {
    return undefined;
  }
  if (status === "COMPLETE") {
    return quirks.almostFullAtComplete ? FULL_PROGRESS - 1 : FULL_PROGRESS;
  }
  if (status === "FAILED" && quirks.minusOneAtFailed) {
    return -1;
  }
  const timeShare = timeShareAt(record, Math.min(nowMs, record.end.atMs));
  if (quirks.fullWhileRunning && timeShare >= 0.8 && !isFinalStatus(status)) {
    return FULL_PROGRESS;
  }
  const share = progressShare(progress, timeShare, record.seed) ?? 0;
  return Math.min(FULL_PROGRESS - 1, Math.floor(share * FULL_PROGRESS));
}

function timeShareAt(record: TaskRecord, atMs: number): number {
  const elapsedMs = atMs - record.startsAtMs;
  if (elapsedMs <= 0) {
    return 0;
  }
  const totalMs = record.end.atMs - record.startsAtMs;
  return Number.isFinite(totalMs) ? elapsedMs / totalMs : elapsedMs / (elapsedMs + ENDLESS_SCALE_MS);
}
