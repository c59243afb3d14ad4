import type { Outcome, RunCheckpoint, WaitCheckpoint } from "../../index.ts";
import { fileError } from "../files/file-error.ts";

const VERSION = 1;
// Only the task's own end is final; after any other, to resume means to try again.
const FINAL_KINDS: ReadonlySet<string> = new Set<Outcome["kind"]>([
  "complete",
  "failed",
  "expired",
  "canceled",
]);

/** What a command has started: its name and what it was asked for. */
export interface StartLine {
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a file of `--checkpoint` holds. Only its frame is known here: the library checks waits and runs. */
export interface CheckpointFrame {
  readonly waits: readonly WaitCheckpoint[];
  /** Of `taskwait start`: what it starts, and the run without its wait, which is in `waits`. */
  readonly start?: StartLine;
  readonly run?: RunCheckpoint;
  /** Whose credentials were used, and where: a start of another account is in no listing of ours. */
  readonly account?: string;
  /** Whether the start whose time `run` tells has left; absent where that is not told. */
  readonly hasLeft?: boolean;
  /** Which notifications were delivered, and after which tasks the command of `--exec` has run. */
  readonly done?: readonly string[];
}

/** As it is written: one line. */
export function formatFrame(frame: CheckpointFrame): string {
  return `${JSON.stringify({ version: VERSION, ...frame })}\n`;
}

/**
 * Reads what {@link formatFrame} has written.
 *
 * @param flag - The flag that names the file, and the file as it was named, for messages.
 * @throws {@link UsageError} that never shows the file's content.
 */
export function parseFrame(text: string, flag: string, named: string): CheckpointFrame {
  let content: Partial<Record<keyof CheckpointFrame | "version", unknown>> | null;
  try {
    // What follows the first line is left of a longer content that was written over.
    content = JSON.parse(text.split("\n", 1)[0] ?? "");
  } catch {
    content = parseWhole(text, flag, named);
  }
  const { version, waits, start, run, hasLeft, account, done } = content ?? {};
  if (version !== VERSION || !Array.isArray(waits) || (waits.length === 0 && start === undefined)) {
    throw fileError(flag, named, `is not a checkpoint file of this release (version ${VERSION})`);
  }
  for (const wait of waits as (WaitCheckpoint | null)[]) {
    if (typeof wait?.taskId !== "string") {
      throw fileError(flag, named, "holds a wait without a task id");
    }
  }
  return {
    waits: waits as WaitCheckpoint[],
    ...(typeof account === "string" ? { account } : {}),
    ...(Array.isArray(done) ? { done: done.map(String) } : {}),
    ...(isStartLine(start) && isRun(run) ? { start, run: hasLeft === false ? neverSent(run) : run } : {}),
  };
}

/** A start that was about to leave and did not is sent again: nothing has to be searched for. */
function neverSent({ sentAtMs: _, ...run }: RunCheckpoint): RunCheckpoint {
  return run;
}

/** Whether there is nothing left to do: what was begun has come to its own end. */
export function isOver({ waits, run }: CheckpointFrame): boolean {
  const isBegun = run !== undefined && (run.taskId !== undefined || run.sentAtMs !== undefined);
  return waits.every(isFinal) && (waits.length > 0 || !isBegun);
}

/** The task of a wait as it can be named on the command line. */
export function labelOfCheckpoint({ api, taskId }: WaitCheckpoint): string {
  return api === undefined ? taskId : `${api.name}:${taskId}`;
}

/** Whether the wait has come to the task's own end. */
export function isFinal({ ended }: WaitCheckpoint): boolean {
  return ended !== undefined && FINAL_KINDS.has(ended.kind);
}

/**
 * Makes a checkpoint fit to go on with: an end that was not the task's own is undone.
 *
 * @param deadlineMs - The new deadline, in Unix milliseconds; without it, the old one holds unless it has passed.
 */
export function reopened(
  checkpoint: WaitCheckpoint,
  nowMs: number,
  defaultTimeoutMs: number,
  deadlineMs?: number,
): WaitCheckpoint {
  if (isFinal(checkpoint)) {
    return checkpoint;
  }
  const { ended: _, missingSinceMs: __, ...open } = checkpoint;
  return {
    ...open,
    contactAtMs: nowMs,
    deadlineMs: deadlineMs ?? keptDeadlineMs(open.deadlineMs, nowMs, defaultTimeoutMs),
  };
}

/** The deadline of a run that goes on, as {@link reopened} has it for a wait. */
export function keptDeadlineMs(oldMs: number, nowMs: number, defaultTimeoutMs: number): number {
  return oldMs > nowMs ? oldMs : nowMs + defaultTimeoutMs;
}

// Somebody may have laid it out over several lines.
function parseWhole(text: string, flag: string, named: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text);
  } catch {
    throw fileError(flag, named, "is not JSON");
  }
}

function isStartLine(start: unknown): start is StartLine {
  const { action, parameters } = (start ?? {}) as Partial<StartLine>;
  return typeof action === "string" && typeof parameters === "object" && parameters !== null;
}

function isRun(run: unknown): run is RunCheckpoint {
  return typeof run === "object" && run !== null;
}
