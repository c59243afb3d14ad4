import { UsageError } from "../errors/usage-error.ts";
import { errorCode, fileError } from "../files/file-error.ts";
import { FileLock } from "../files/file-lock.ts";
import { readInputFile } from "../files/input-file.ts";
import { OutputFile } from "../files/output-file.ts";
import { printError } from "../terminal/messages.ts";
import { type CheckpointFrame, formatFrame, parseFrame } from "./checkpoint-frame.ts";

const WRITE_EVERY_MS = 1000;

/** Reads a file of `--checkpoint` that is not written again. */
export async function readCheckpoint(
  flag: string,
  named: string,
  signal: AbortSignal,
): Promise<CheckpointFrame> {
  return parseFrame(await readInputFile(flag, named, signal), flag, named);
}

/**
 * Keeps the state of what a command waits for in a file: at once where that is asked for, else at most once a
 * second, and once at the end. Two commands can't have one file.
 */
export class CheckpointFile {
  readonly #file: OutputFile;
  readonly #lock: FileLock | undefined;
  #content: (() => CheckpointFrame) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isBroken = false;

  /** What the file contained before; `undefined` when there was none, or an empty one. */
  readonly kept: CheckpointFrame | undefined;

  /**
   * @param flag - The flag that names the file.
   * @throws {@link UsageError} when it can't be written, is another command's, or holds something else.
   */
  constructor(flag: string, named: string) {
    this.#file = new OutputFile(flag, named);
    this.#lock = takeLock(flag, named, this.#file.path);
    try {
      if (this.#lock !== undefined) {
        this.#file.removeLeftovers();
      }
      const text = this.#file.read();
      this.kept = text.trim() === "" ? undefined : parseFrame(text, flag, named);
    } catch (error) {
      this.#lock?.release();
      throw error;
    }
  }

  /**
   * Writes for the first time.
   *
   * @throws {@link UsageError} when that fails: better now than after an hour.
   */
  begin(content: () => CheckpointFrame): void {
    this.#content = content;
    this.save();
  }

  /**
   * Writes now.
   *
   * @throws {@link UsageError} when that fails.
   */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#content !== undefined) {
      this.#file.write(formatFrame(this.#content()));
    }
  }

  /** Something has changed. */
  note(): void {
    this.#timer ??= setTimeout(() => this.saveIfPossible(), WRITE_EVERY_MS);
  }

  /** Writes for the last time. */
  end(): void {
    this.saveIfPossible();
    this.close();
  }

  /** Lets other commands have the file. */
  close(): void {
    clearTimeout(this.#timer);
    this.#content = undefined;
    this.#lock?.release();
  }

  /** Writes now; says once when that fails. */
  saveIfPossible(): void {
    try {
      this.save();
    } catch (error) {
      if (!this.#isBroken && error instanceof UsageError) {
        this.#isBroken = true;
        printError(`warning: ${error.message}`);
      }
    }
  }
}

function takeLock(flag: string, named: string, path: string): FileLock | undefined {
  let taken: ReturnType<typeof FileLock.take>;
  try {
    taken = FileLock.take(path);
  } catch (error) {
    throw fileError(flag, named, `can't be locked (${errorCode(error)})`);
  }
  if (taken !== undefined && !(taken instanceof FileLock)) {
    throw fileError(flag, named, `is in use by ${taken.heldBy}`);
  }
  return taken;
}
