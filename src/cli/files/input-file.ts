import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { UsageError } from "../errors/usage-error.ts";
import { errorCode, fileError } from "./file-error.ts";

// A checkpoint of 10,000 waits has some 10 MiB.
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The text of a file that a flag names: an ordinary one, or a pipe such as a shell's `<(command)`, which is read to
 * its end. A byte order mark is left out; with that of UTF-16, which older shells of Windows write, it is read
 * as such.
 *
 * @param signal - Ends the reading of a pipe.
 * @throws {@link UsageError} when it can't be read.
 */
export async function readInputFile(flag: string, named: string, signal?: AbortSignal): Promise<string> {
  try {
    return decodeText(await readBytes(flag, named, signal));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof UsageError ? error : fileError(flag, named, `can't be read (${errorCode(error)})`);
  }
}

/** The text of a file's bytes. */
export function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

async function readBytes(flag: string, named: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  // Opening or reading a pipe blocks otherwise, and then no signal is heard.
  const file = openSync(named, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = fstatSync(file);
  if (stats.isFIFO()) {
    return await readPipe(new Socket({ fd: file, readable: true, writable: false }), flag, named, signal);
  }
  try {
    if (!(stats.isFile() || stats.isDirectory())) {
      throw fileError(flag, named, "is no ordinary file");
    }
    refuseSize(stats.size, flag, named);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

async function readPipe(
  pipe: Socket,
  flag: string,
  named: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const end = (): void => {
    pipe.destroy();
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of pipe as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      refuseSize(bytes, flag, named);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    signal?.removeEventListener("abort", end);
    pipe.destroy();
  }
}

function refuseSize(bytes: number, flag: string, named: string): void {
  if (bytes > MAX_BYTES) {
    throw fileError(flag, named, `has more than ${MAX_BYTES / 1024 / 1024} MiB`);
  }
}
