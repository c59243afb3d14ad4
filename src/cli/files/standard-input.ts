import { fstatSync, ReadStream, readFileSync, statSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import process from "node:process";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { UsageError } from "../errors/usage-error.ts";
import { errorCode } from "./file-error.ts";
import { decodeText } from "./input-file.ts";

/**
 * The text on standard input, to its end, decoded as that of a file is.
 *
 * @throws {@link UsageError} when it can't be read: nothing read is not the same as an empty list.
 */
export async function readStandardInput(): Promise<string> {
  try {
    if (isClosed()) {
      throw new UsageError("standard input (-) is closed");
    }
    const stdin: Readable = process.stdin;
    // In place of what it has no stream for, such as a directory, Node gives one that is empty.
    const isStream = stdin instanceof Socket || stdin instanceof ReadStream;
    return decodeText(isStream ? await buffer(stdin) : readFileSync(0));
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(`standard input (-) can't be read (${errorCode(error)})`);
  }
}

/** Node opens the null device, for reading and writing, in place of a closed standard input; `< /dev/null` is for reading. */
function isClosed(): boolean {
  try {
    if (fstatSync(0).rdev !== statSync("/dev/null").rdev) {
      return false;
    }
    writeSync(0, "");
    return true;
  } catch {
    return false;
  }
}
