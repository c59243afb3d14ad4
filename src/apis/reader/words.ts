import { nearestName } from "../../options/nearest-name.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { KnownTaskStatus } from "../../task/status.ts";
import type { TaskStates } from "../format/task-api.ts";

/** The word of `until` that makes "not found" the success. */
export const GONE = "gone";

/** What a word of the service means. */
export type WordMeaning = KnownTaskStatus | "notFound";

const MEANINGS: Readonly<Record<keyof TaskStates, WordMeaning>> = {
  complete: "COMPLETE",
  failed: "FAILED",
  canceled: "CANCELED",
  expired: "EXPIRED",
  notFound: "notFound",
  running: "RUNNING",
  queued: "CREATED",
};

/** The words of a declaration, or of one use of it. */
export interface Words {
  /** Undefined for a word that is in no state: the wait goes on, with a warning. */
  meaningOf(word: string): WordMeaning | undefined;
  /** The only word for a status, for listings that filter by one; undefined when there are none or several. */
  onlyWordFor(status: string): string | undefined;
  /** Whether the end that is waited for is that the task is not found. */
  readonly wantsGone: boolean;
}

/** The word of a table that differs from one in no state by case or white space alone. */
export function sameButForCase(table: WordTable, word: string): string | undefined {
  const folded = fold(word);
  return table.has(word) ? undefined : [...table.keys()].find((known) => fold(known) === folded);
}

function fold(word: string): string {
  return word.replace(/\s+/g, "").toLowerCase();
}

/** Each word with its state. */
export type WordTable = ReadonlyMap<string, keyof TaskStates>;

/**
 * Takes the words of all states together.
 *
 * @throws {@link InvalidOptionError} when there are none, or one is in two states.
 */
export function wordTable(states: TaskStates, path: string): WordTable {
  const table = new Map<string, keyof TaskStates>();
  for (const state of Object.keys(MEANINGS) as (keyof TaskStates)[]) {
    for (const word of states[state] ?? []) {
      const known = table.get(String(word));
      if (known !== undefined && known !== state) {
        throw new InvalidOptionError(`${path} has the word ${quoted(word)} in both ${known} and ${state}`);
      }
      table.set(String(word), state);
    }
  }
  if (table.size === 0) {
    throw new InvalidOptionError(`${path} must have words in at least one state, got none`);
  }
  return table;
}

/**
 * The words with those of `until` as the success, in place of the declaration's own.
 *
 * @param until - Undefined takes the declaration's own.
 * @throws {@link InvalidOptionError} when a word of `until` is unknown, or there is no word for success.
 */
export function wordsUntil(table: WordTable, until: readonly string[] | undefined, name: string): Words {
  if (until === undefined) {
    if (![...table.values()].includes("complete")) {
      throw new InvalidOptionError(
        `${name} has no word for success, so until must be given: one or more of ${list(table)}, or "${GONE}"`,
      );
    }
    return wordsOf(new Map([...table].map(([word, state]) => [word, MEANINGS[state]])), false);
  }
  const wanted = new Set(until);
  for (const word of wanted) {
    if (word !== GONE && !table.has(word)) {
      const nearest = nearestName(word, [...table.keys(), GONE]);
      const hint = nearest === undefined ? "" : `; did you mean ${quoted(nearest)}?`;
      throw new InvalidOptionError(
        `until: ${quoted(word)} is no word of ${name}${hint} (its words are ${list(table)}, and "${GONE}")`,
      );
    }
  }
  const meanings = new Map<string, WordMeaning>();
  for (const [word, state] of table) {
    if (wanted.has(word)) {
      meanings.set(word, "COMPLETE");
    } else if (state !== "complete") {
      meanings.set(word, MEANINGS[state]);
    }
    // A success that is not the wanted one is no failure: it is left out, so the wait goes on, with a warning.
  }
  return wordsOf(meanings, wanted.has(GONE));
}

/** The words of `until`. @throws {@link InvalidOptionError} for anything but words. */
export function checkUntil(until: unknown): readonly string[] | undefined {
  if (until === undefined) {
    return undefined;
  }
  const words: unknown = typeof until === "string" ? [until] : until;
  if (
    !Array.isArray(words) ||
    words.length === 0 ||
    !words.every((word) => typeof word === "string" && word !== "")
  ) {
    throw new InvalidOptionError(
      `until must be a word or a list of words, got ${quoted(JSON.stringify(until))}`,
    );
  }
  return words as readonly string[];
}

function wordsOf(meanings: ReadonlyMap<string, WordMeaning>, wantsGone: boolean): Words {
  return {
    wantsGone,
    meaningOf: (word) => meanings.get(word),
    onlyWordFor: (status) => {
      const words = [...meanings].filter(([, meaning]) => meaning === status);
      return words.length === 1 ? words[0]?.[0] : undefined;
    },
  };
}

function list(table: WordTable): string {
  return [...table.keys()].slice(0, 40).map(quoted).join(", ");
}
