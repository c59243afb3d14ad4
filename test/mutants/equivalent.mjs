import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = join(import.meta.dirname, "equivalent.md");

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/** What a mutant is told by: its lines before and after, and not their number, which any edit above them moves. */
export function keyOf(file, source, { mutatorName, location: { start, end }, replacement = "" }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const before = (lines[0] ?? "").slice(0, start.column - 1);
  const after = (lines.at(-1) ?? "").slice(end.column - 1);
  return [file, mutatorName, oneLine(lines.join(" ")), oneLine(before + replacement + after)].join("\n");
}

/** The rows of equivalent.md: | file | mutator | `original` | `becomes` | why |. A `|` in code is written `\|`. */
export function equivalents() {
  return readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `src/"))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
      const [, file, mutator, original, becomes] = cells.map((cell) => cell.replace(/^`+ ?(.*?) ?`+$/, "$1"));
      return { file, mutator, original, becomes, key: [file, mutator, original, becomes].join("\n") };
    });
}
