// Every link between our own pages leads somewhere: relative links in Markdown, with their anchors, and pages
// named in source comments and messages. Links to other sites are not followed: a check must give the same
// answer offline.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";

const root = resolve(process.argv[2] ?? join(import.meta.dirname, ".."));
const SKIPPED = new Set(["node_modules", "dist", "coverage", "api", ".git", ".stryker-tmp"]);

const FENCED = /^[ \t]*(```|~~~)[\s\S]*?^[ \t]*\1/gm;

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name) || entry.name.startsWith(".dist-")) {
      continue;
    }
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* walk(path);
    } else {
      yield path;
    }
  }
}

/** As GitHub makes an anchor of a heading; repeated headings get -1, -2 ... */
function anchorsOf(markdown) {
  const anchors = new Set();
  const prose = markdown.replaceAll(FENCED, "");
  for (const [, heading] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) {
      anchor = `${slug}-${again}`;
    }
    anchors.add(anchor);
  }
  for (const [, anchor] of prose.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) {
    anchors.add(anchor);
  }
  return anchors;
}

function linksOfMarkdown(text) {
  const prose = text
    .replaceAll(FENCED, (block) => block.replaceAll(/[^\n]/g, " "))
    .replaceAll(/`[^`\n]*`/g, (code) => " ".repeat(code.length));
  return [
    ...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...prose.matchAll(/^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm),
    ...prose.matchAll(/<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g),
  ];
}

/** Pages as source names them: from the root of the repository. */
function linksOfSource(text) {
  return [...text.matchAll(/\b((?:docs\/[\w./-]+|README|CHANGELOG|CONTRIBUTING)\.md(?:#[\w-]+)?)/g)];
}

function problemOf(file, target, base) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) {
    return URL.canParse(target) ? undefined : "is not a URL";
  }
  const [path, anchor] = decodeURI(target).split("#");
  const page = path === "" ? file : resolve(base, path);
  if (relative(root, page).startsWith("..")) {
    return "leaves the repository";
  }
  if (!existsSync(page)) {
    return "leads nowhere";
  }
  if (anchor && page.endsWith(".md") && statSync(page).isFile()) {
    return anchorsOf(readFileSync(page, "utf8")).has(anchor) ? undefined : `has no heading #${anchor}`;
  }
  return undefined;
}

let checked = 0;
let broken = 0;
for (const file of walk(root)) {
  const markdown = file.endsWith(".md");
  if (
    !markdown &&
    !(/\.(?:ts|mjs|yml)$/.test(file) && !/[\\/]test[\\/](?:house|package[\\/]checks)/.test(file))
  ) {
    continue;
  }
  const text = readFileSync(file, "utf8");
  for (const link of markdown ? linksOfMarkdown(text) : linksOfSource(text)) {
    checked += 1;
    const wrong = problemOf(file, link[1], markdown ? dirname(file) : root);
    if (wrong !== undefined) {
      broken += 1;
      const line = text.slice(0, link.index).split("\n").length;
      process.stderr.write(`${relative(root, file)}:${line}: ${link[1]} ${wrong}\n`);
    }
  }
}
process.stdout.write(`${checked} links checked, ${broken} broken\n`);
process.exitCode = broken === 0 ? 0 : 1;
