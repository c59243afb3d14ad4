import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { errorCode, fileError } from "./file-error.ts";
import { decodeText } from "./input-file.ts";

const MAX_LINKS = 40;
const CHANCE_BYTES = 8;
// A file that is mounted by itself can't be replaced, and a folder may be closed to us while the file in it is not.
const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);

/**
 * A file that the command writes. It is replaced as a whole, so that a reader never sees half of it; where it can't
 * be replaced, it is written in place. A link is followed. What is no ordinary file is refused.
 */
export class OutputFile {
  readonly #flag: string;
  readonly #named: string;
  readonly #mode: number;
  #inPlace = false;

  /** Where the file is, links followed. */
  readonly path: string;

  /**
   * @param flag - The flag that names the file, for messages.
   * @param named - The path as it was given.
   * @param mode - The permissions of the file.
   * @throws {@link UsageError} when it can't be written.
   */
  constructor(flag: string, named: string, mode = 0o600) {
    this.#flag = flag;
    this.#named = named;
    this.#mode = mode;
    try {
      this.path = followLinks(named);
      const stats = statSync(this.path, { throwIfNoEntry: false });
      if (stats !== undefined && !stats.isFile()) {
        throw fileError(flag, named, "is no ordinary file");
      }
      accessSync(stats === undefined ? dirname(this.path) : this.path, constants.W_OK);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** What is in the file; empty when there is none. */
  read(): string {
    try {
      return decodeText(readFileSync(this.path));
    } catch (error) {
      if (errorCode(error) === "ENOENT") {
        return "";
      }
      throw fileError(this.#flag, this.#named, `can't be read (${errorCode(error)})`);
    }
  }

  /**
   * Writes the file and waits until the disk has it.
   *
   * @throws {@link UsageError} when that fails; the file is then as it was, unless it was written in place.
   */
  write(text: string): void {
    try {
      if (!this.#inPlace) {
        try {
          this.#replace(text);
          return;
        } catch (error) {
          if (!NOT_REPLACEABLE.has(errorCode(error))) {
            throw error;
          }
          this.#inPlace = true;
        }
      }
      writeInPlace(this.path, text, this.#mode);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Removes what writers that were killed have left. Only for a file that nobody else writes. */
  removeLeftovers(): void {
    const name = basename(this.path);
    try {
      for (const entry of readdirSync(dirname(this.path))) {
        if (
          entry.startsWith(`${name}.`) &&
          /^(?:lock\.)?[0-9a-f]{16}\.tmp$/.test(entry.slice(name.length + 1))
        ) {
          rmSync(join(dirname(this.path), entry), { force: true });
        }
      }
    } catch {
      // They do no harm.
    }
  }

  #replace(text: string): void {
    const fresh = `${this.path}.${randomBytes(CHANCE_BYTES).toString("hex")}.tmp`;
    const file = openSync(fresh, "wx", this.#mode);
    try {
      try {
        writeAll(file, text);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, this.path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  #failure(error: unknown): Error {
    const isOurs = error instanceof Error && error.name === "UsageError";
    return isOurs ? error : fileError(this.#flag, this.#named, `can't be written (${errorCode(error)})`);
  }
}

function followLinks(named: string): string {
  let path = resolve(named);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const folder = realpathSync(dirname(path));
    path = join(folder, basename(path));
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      return path;
    }
    path = resolve(folder, readlinkSync(path));
  }
  throw Object.assign(new Error("too many links"), { code: "ELOOP" });
}

function writeInPlace(path: string, text: string, mode: number): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, mode);
  try {
    ftruncateSync(file, writeAll(file, text));
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written);
  }
  fsyncSync(file);
  return written;
}
