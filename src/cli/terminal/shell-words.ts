const SAFE = /^[A-Za-z0-9_@%+=:,./~-]+$/;

/** One word as a POSIX shell needs it written. */
export function shellWord(word: string): string {
  return SAFE.test(word) && !word.startsWith("~") ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line that can be pasted into a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
