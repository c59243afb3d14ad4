import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { errorCode } from "./file-error.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its system counts; tells it from a later one with the same number. */
  readonly began: string;
}

const REFRESH_MS = 10_000;
// The lock of another machine, or of another container, tells only by its age whether its process still lives.
const FOREIGN_STALE_MS = 60_000;
const MAX_TRIES = 10;
// Where no file can be made beside the one to be locked, the command goes on without.
const NO_PLACE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** Says to other commands on this file that one writes it. A lock whose process was killed is taken over. */
export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #refresh: NodeJS.Timeout;
  readonly #onExit = (): void => this.release();

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#refresh = setInterval(() => touch(path), REFRESH_MS).unref();
    process.on("exit", this.#onExit);
  }

  /**
   * @param path - The file; its lock lies beside it.
   * @returns The lock, `undefined` where there is no place for one, or the process that holds it.
   */
  static take(path: string): FileLock | undefined | { readonly heldBy: string } {
    const lock = `${path}.lock`;
    const token = JSON.stringify({ pid: process.pid, host: hostname(), began: beganOf(process.pid) });
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      try {
        makeLock(lock, token);
        return new FileLock(lock, token);
      } catch (error) {
        if (NO_PLACE.has(errorCode(error))) {
          return undefined;
        }
        // ENOENT: another command, which has the lock by now, has tidied up.
        if (errorCode(error) !== "EEXIST" && errorCode(error) !== "ENOENT") {
          throw error;
        }
      }
      const held = readLock(lock);
      if (held !== undefined) {
        const { holder, text } = held;
        if (holder !== undefined && isAlive(holder, lock)) {
          return { heldBy: `process ${holder.pid} on ${holder.host}` };
        }
        removeStale(lock, text);
      }
    }
    return { heldBy: "another process" };
  }

  release(): void {
    clearInterval(this.#refresh);
    process.off("exit", this.#onExit);
    if (readLock(this.#path)?.text === this.#token) {
      rmSync(this.#path, { force: true });
    }
  }
}

/** Makes it with its content in one step, so that nobody finds it empty. */
function makeLock(lock: string, token: string): void {
  const fresh = `${lock}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    writeFileSync(fresh, token, { flag: "wx", mode: 0o600 });
    linkSync(fresh, lock);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function readLock(lock: string): { readonly text: string; readonly holder: Holder | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(lock, "utf8");
  } catch {
    return undefined;
  }
  try {
    const { pid, host, began } = JSON.parse(text) as Partial<Holder>;
    const isHolder = typeof pid === "number" && typeof host === "string" && typeof began === "string";
    return { text, holder: isHolder ? { pid, host, began } : undefined };
  } catch {
    return { text, holder: undefined };
  }
}

function isAlive(holder: Holder, lock: string): boolean {
  if (holder.host !== hostname()) {
    const stats = statSync(lock, { throwIfNoEntry: false });
    return stats !== undefined && Date.now() - stats.mtimeMs < FOREIGN_STALE_MS;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
  return holder.began === beganOf(holder.pid);
}

/** Two commands may find the same stale lock: only the one that moves that very lock away goes on. */
function removeStale(lock: string, text: string): void {
  const aside = `${lock}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    renameSync(lock, aside);
    if (readLock(aside)?.text !== text) {
      // In the meantime it had become the lock of a command that lives.
      linkSync(aside, lock);
    }
  } catch {
    // Another command was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** From /proc where there is one; a zombie counts as over. */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "over" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // It was removed by hand.
  }
}
