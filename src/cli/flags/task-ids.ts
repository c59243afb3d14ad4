import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { UsageError } from "../errors/usage-error.ts";

// A word in small letters is a mistyped command more likely than an id; documented ids are like t-0000e4w0u1v5.
const BARE_WORD = /^[a-z]+$/i;

/**
 * The ids that a command is for: its arguments, with `-` standing for the words on standard input. An id that is
 * named twice is one wait.
 *
 * @param words - The arguments.
 * @param input - Standard input; read only when it is asked for.
 */
export async function gatherTaskIds(words: readonly string[], input: Readable): Promise<readonly string[]> {
  if (words.filter((word) => word === "-").length > 1) {
    throw new UsageError("standard input (-) can be named only once");
  }
  const ids: string[] = [];
  for (const word of words) {
    if (word === "-") {
      const read = (await text(input)).split(/\s+/).filter((id) => id !== "");
      if (read.length === 0) {
        throw new UsageError("standard input (-) holds no task id");
      }
      ids.push(...read);
    } else {
      ids.push(word);
    }
  }
  return [...new Set(ids)];
}

/** Refuses `taskwait lsit`, which would otherwise wait for a task of that name. */
export function refuseMistypedCommand(words: readonly string[], commands: readonly string[]): void {
  const [word] = words;
  if (words.length === 1 && word !== undefined && BARE_WORD.test(word)) {
    throw new UsageError(
      `"${word}" is neither a command (${commands.join(", ")}) nor like a task id; if it is one: taskwait wait ${word}`,
    );
  }
}
