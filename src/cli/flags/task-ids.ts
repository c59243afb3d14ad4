import { UsageError } from "../errors/usage-error.ts";
import { hintForCommand } from "./other-words.ts";

// A word in small letters is a mistyped command more likely than an id; documented ids are like t-0000e4w0u1v5.
const BARE_WORD = /^[a-z]+$/i;

/**
 * The ids that a command is for: its arguments, with `-` standing for the words on standard input. An id that is
 * named twice is one wait.
 *
 * @param words - The arguments.
 * @param readInput - Reads standard input; called only when it is asked for.
 * @param allowEmpty - Whether it may hold no id.
 */
export async function gatherTaskIds(
  words: readonly string[],
  readInput: () => Promise<string>,
  allowEmpty: boolean,
): Promise<readonly string[]> {
  if (words.filter((word) => word === "-").length > 1) {
    throw new UsageError("standard input (-) can be named only once");
  }
  const ids: string[] = [];
  for (const word of words) {
    if (word === "-") {
      const read = listedIds(await readInput());
      if (read.length === 0 && !allowEmpty) {
        throw new UsageError("standard input (-) holds no task id; with --allow-empty that is no mistake");
      }
      ids.push(...read);
    } else {
      ids.push(word);
    }
  }
  return [...new Set(ids)];
}

/** The words of a list. From a word that begins with `#` to the end of its line is a comment. */
function listedIds(list: string): readonly string[] {
  return list
    .replace(/(^|\s)#.*/gm, "$1")
    .split(/\s+/)
    .filter((id) => id !== "");
}

/**
 * Refuses `taskwait lsit`, which would otherwise wait for a task of that name.
 *
 * @param asWait - The command line that would wait for it.
 */
export function refuseMistypedCommand(
  words: readonly string[],
  commands: readonly string[],
  asWait: string,
): void {
  const [word] = words;
  if (word === undefined || !BARE_WORD.test(word)) {
    return;
  }
  const hint = hintForCommand(word);
  const near = commands.find((command) => isNear(word.toLowerCase(), command));
  const meant = near === undefined ? `one of ${commands.join(", ")}` : near;
  throw new UsageError(
    `"${word}" is no command; ${hint ?? `did you mean ${meant}?`}${hint === undefined ? "" : "."} If it is a task: ${asWait}`,
  );
}

/** Whether one letter too many, too few, or another, or two in the wrong order, makes the one word of the other. */
function isNear(word: string, command: string): boolean {
  let start = 0;
  while (start < word.length && word[start] === command[start]) {
    start += 1;
  }
  const [one, other] = [word.slice(start), command.slice(start)];
  return (
    one.slice(1) === other.slice(1) ||
    one.slice(1) === other ||
    one === other.slice(1) ||
    (one[0] === other[1] && one[1] === other[0] && one.slice(2) === other.slice(2))
  );
}
