import { readFileSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { type Outcome, printable, type TaskWait, type WaitCheckpoint } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";

const VERSION = 1;
const WRITE_EVERY_MS = 1000;
// Only the task's own end is an end for ever; after any other, to resume means to try again.
const FINAL_KINDS: ReadonlySet<string> = new Set<Outcome["kind"]>([
  "complete",
  "failed",
  "expired",
  "canceled",
]);

/** The waits that a file of `--checkpoint` holds, by task id, ready to be resumed. */
export type Checkpoints = ReadonlyMap<string, WaitCheckpoint>;

/**
 * Reads a file of `--checkpoint`. Only its frame is checked here: the library checks each wait.
 *
 * @throws {@link UsageError} that never shows the file's content.
 */
export function readCheckpoints(path: string): Checkpoints {
  const shown = printable(path, 200);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(
      `--resume: "${shown}" ${code === undefined ? "is not JSON" : `can't be read (${code})`}`,
    );
  }
  const { version, waits } = (content ?? {}) as { readonly version?: unknown; readonly waits?: unknown };
  if (version !== VERSION || !Array.isArray(waits) || waits.length === 0) {
    throw new UsageError(
      `--resume: "${shown}" is not a checkpoint file of this release (version ${VERSION})`,
    );
  }
  const checkpoints = new Map<string, WaitCheckpoint>();
  for (const wait of waits as (WaitCheckpoint | null)[]) {
    if (typeof wait?.taskId !== "string") {
      throw new UsageError(`--resume: "${shown}" holds a wait without a task id`);
    }
    checkpoints.set(wait.taskId, wait);
  }
  return checkpoints;
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
  if (checkpoint.ended !== undefined && FINAL_KINDS.has(checkpoint.ended.kind)) {
    return checkpoint;
  }
  const { ended: _, missingSinceMs: __, ...open } = checkpoint;
  const kept = open.deadlineMs > nowMs ? open.deadlineMs : nowMs + defaultTimeoutMs;
  return { ...open, contactAtMs: nowMs, deadlineMs: deadlineMs ?? kept };
}

/** Keeps the state of all waits of a command in a file, at most once a second and once at the end. */
export class CheckpointFile {
  readonly #path: string;
  readonly #printError: (message: string) => void;
  #waits: readonly TaskWait[] = [];
  #timer: NodeJS.Timeout | undefined;
  #broken = false;

  constructor(path: string, printError: (message: string) => void) {
    this.#path = path;
    this.#printError = printError;
  }

  /**
   * Writes for the first time.
   *
   * @throws {@link UsageError} when that fails: better now than after an hour.
   */
  begin(waits: readonly TaskWait[]): void {
    this.#waits = waits;
    try {
      this.#write();
    } catch (error) {
      throw new UsageError(`--checkpoint: ${this.#why(error)}`);
    }
  }

  /** Something has changed. */
  note(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tryWrite();
    }, WRITE_EVERY_MS);
  }

  /** Writes for the last time. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tryWrite();
  }

  #tryWrite(): void {
    try {
      this.#write();
    } catch (error) {
      if (!this.#broken) {
        this.#broken = true;
        this.#printError(`warning: --checkpoint: ${this.#why(error)}`);
      }
    }
  }

  // Beside the file and renamed, so that a reader never sees half of it.
  #write(): void {
    const content = { version: VERSION, waits: this.#waits.map((wait) => wait.checkpoint()) };
    const fresh = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(fresh, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    renameSync(fresh, this.#path);
  }

  #why(error: unknown): string {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return `"${printable(this.#path, 200)}" can't be written (${code})`;
  }
}
