import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = join(import.meta.dirname, "equivalent.md");

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/** What a mutant is told by: not its line, which any edit above it moves. */
export function keyOf(file, source, { mutatorName, location: { start, end }, replacement = "" }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return [file, mutatorName, oneLine(lines.join("\n")), oneLine(replacement)].join("\n");
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
