import { describe, expect, it } from "vitest";
import { type Page, pagesIn, read } from "./product.ts";

/** What the glossary in docs/internals.md says in place of a word. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  look: "poll",
  glance: "redundant poll",
  watch: "track, record",
  sweep: "listing scan",
  crowd: "fleet",
  worth: "value",
  lesson: "learn from a wait",
  honest: "reliable",
  wander: "drift variance",
  trial: "probe",
  gone: "ended, presumed ended",
  hasten: "check soon",
  insistent: "must poll now",
  patience: "starvation limit, budget",
  alarm: "timer",
  ring: "fire",
  complain: "print an error",
  mend: "correct",
  nought: "0, none",
  anew: "again",
  whoever: "who",
  ere: "before",
  thus: "so",
  hence: "so",
  upon: "on",
};

/** Words that have a meaning of their own elsewhere: a gateway, a certificate that is trusted, a lock that is held. */
const IN_THE_ENGINE: Readonly<Record<string, string>> = {
  lane: "API rate limit",
  gate: "rate limiter",
  stake: "total",
  credit: "presumed running until",
  trust: "reliability",
  held: "deferred",
  fatal: "denied, permanent",
  board: "progress state",
};

/** Uses that stay; each says why. */
const ALLOWED: readonly (readonly [RegExp, why: string])[] = [
  [
    /\blook(s|ed|ing)? (like|alike|different)|\balive it looks|fault looks|a service that looks/gi,
    "appearance",
  ],
  [/\bLookStep\b/g, "public name of taskwait/testing"],
  [/\bMOST_DURATIONS\b|\bWorthCurve\b/g, "public names of taskwait"],
  [/\bTrial\b/g, "public name of taskwait/apis"],
  [/\bKey ?Rings?\b|key-ring/gi, "the emulator's keys, a public name"],
  [
    /`?--until`? .*\bgone\b|["`]gone["`]|\bor gone\b|for gone\b|is gone"|\bGONE\b|wantsGone|goneTask/g,
    "public word of --until",
  ],
  [/\blookedAtMs\b|\bwander\b|\bhonest\b(?=:)/g, "fields of earlier checkpoints"],
  [/"(--)?watch"|`watch`/g, "a word of other commands, for which there is a hint"],
  [/\b(one|a) call is worth\b|\bis worth a call\b/g, "the wait price's definition"],
];

const CONSTANT = /\b(?:MOST|LEAST|LONGEST|SHORTEST)_\w+/g;

/** A text's words in small letters: those of names, too, and each by its stem. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}

/** The entry's word that a word is a form of. */
function oldWord(word: string, table: Readonly<Record<string, string>>): string | undefined {
  return [
    word,
    ...["s", "es", "ed", "ing", "er", "ers"]
      .filter((end) => word.endsWith(end))
      .map((end) => word.slice(0, -end.length)),
  ].find((stem) => Object.hasOwn(table, stem));
}

/** Where a page has a word of the old vocabulary, and what the glossary says for it. */
function offencesOf({ file, text }: Page): string[] {
  const table = /^src\/(engine|policy)\//.test(file) ? { ...EVERYWHERE, ...IN_THE_ENGINE } : EVERYWHERE;
  return text.split("\n").flatMap((line, index) => {
    const plain = ALLOWED.reduce((rest, [use]) => rest.replace(use, " "), line);
    const found = wordsOf(plain).flatMap((word) => {
      const old = oldWord(word, table);
      return old === undefined ? [] : [`${word} (say: ${table[old]})`];
    });
    if (/\bfor ever\b/i.test(plain)) {
      found.push("for ever (say: forever)");
    }
    for (const [constant] of plain.matchAll(CONSTANT)) {
      found.push(`${constant} (say: MAX_ or MIN_)`);
    }
    return found.map((what) => `${file}:${index + 1}: ${what}`);
  });
}

const PAGES: readonly Page[] = [
  ...["src", "test", "bench", "examples"].flatMap((folder) => pagesIn(folder, ".ts")),
  ...["bench", "scripts", "examples", "test"].flatMap((folder) => pagesIn(folder, ".mjs")),
  ...pagesIn("docs", ".md"),
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map((file) => ({ file, text: read(file) })),
].filter(
  ({ file }) =>
    !file.includes("node_modules/") && !file.includes("/.build/") && file !== "test/house/words.test.ts",
);

describe("the words of the glossary", () => {
  it("would be missed in a name, in a comment and in a text", () => {
    const text =
      "const lookCount = 1; // the gate\n/** Watched for ever. */\nconst MOST_CALLS = 2;\nlooks like this";
    expect(offencesOf({ file: "src/engine/a.ts", text })).toEqual([
      "src/engine/a.ts:1: look (say: poll)",
      "src/engine/a.ts:1: gate (say: rate limiter)",
      "src/engine/a.ts:2: watched (say: track, record)",
      "src/engine/a.ts:2: for ever (say: forever)",
      "src/engine/a.ts:3: MOST_CALLS (say: MAX_ or MIN_)",
    ]);
  });

  it("are used everywhere, and those that they replaced nowhere", () => {
    expect(PAGES.flatMap(offencesOf), "docs/internals.md has the words").toEqual([]);
  });

  it("are exempt where a use is allowed, and each of these is still used", () => {
    const unused = ALLOWED.filter(([use]) => !PAGES.some(({ text }) => text.search(use) >= 0));
    expect(unused).toEqual([]);
  });
});
