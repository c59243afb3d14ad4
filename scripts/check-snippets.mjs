// Code in README and docs that says where it is from must be what is there:
//   <!-- from examples/file --> right above a code block. With --write, the block is taken from the file.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MARKED = /(<!-- from (\S+) -->\n```\w*\n)([\s\S]*?)(```)/g;
const isWriting = process.argv.includes("--write");
const docs = readdirSync("docs", { recursive: true }).filter(
  (path) => path.endsWith(".md") && !path.startsWith("api"),
);
const pages = ["README.md", "CONTRIBUTING.md", ...docs.map((path) => join("docs", path))];
let compared = 0;
let stale = 0;
for (const page of pages) {
  const text = readFileSync(page, "utf8");
  const updated = text.replace(MARKED, (_, head, file, body, tail) => {
    compared++;
    const source = readFileSync(file, "utf8");
    if (body !== source) {
      stale++;
      console.error(`${page}: the snippet from ${file} differs from the file`);
    }
    return head + source + tail;
  });
  if (isWriting && updated !== text) {
    writeFileSync(page, updated);
  }
}
console.log(`${compared} snippets compared, ${stale} ${isWriting ? "brought up to date" : "stale"}`);
process.exitCode = stale > 0 && !isWriting ? 1 : 0;
