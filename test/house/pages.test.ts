import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/errors/exit-code.ts";
import { makeProgram } from "../../src/cli/program.ts";
import * as errors from "../../src/task/errors.ts";
import { pagesIn, productSources, read, root } from "./product.ts";

/** The names of scripts that a page may name: the package's, and those of the examples. */
const scripts = new Set(
  [
    "package.json",
    ...["restate", "bullmq", "temporal", "dbos", "openworkflow"].map(
      (name) => `examples/${name}/package.json`,
    ),
  ].flatMap((path) => Object.keys((JSON.parse(read(path)) as { readonly scripts: object }).scripts)),
);

const pages = [
  ...["README.md", "CONTRIBUTING.md"].map((file) => ({ file, text: read(file) })),
  ...pagesIn("docs", ".md"),
];

/** A page in pieces that a reader takes for one: from a heading to the next. */
function sections(text: string): string[] {
  return text.split(/^(?=#{1,6} )/m);
}

function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
}

describe("README", () => {
  const readme = read("README.md");

  it("has fewer than 200 lines", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThan(200);
  });

  it("shows examples of at most 12 lines", () => {
    const lengths = codeBlocks(readme).map((code) => code.trimEnd().split("\n").length);
    expect(lengths.length).toBeGreaterThan(4);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
  });
});

describe("a claim about a rival or about speed names the command that prints it", () => {
  const RIVAL =
    /\brivals?\b|util-waiter|@smithy\/|core-lro|google-gax|p-wait-for|terraform|aliyun-cli|\bofficial (?:`@alicloud\/openapi-core`|core|SDK)/i;
  const SPEED =
    /\b\d[\d,.]*\s*(?:µs|ms|s|min|kB|MB|bytes)\b(?:[^.]|\.\d){0,120}?\b(?:against|instead of|faster|slower|later|CPU|a poll|to install|unpacked)\b|\b\d(?:[\d,.]*\d)?\s+times (?:as|its|more|later|faster)\b/i;
  const COMMAND = /`(?:time )?npm (?:run [\w:]+|pack|install|test)\b|`npx vitest run |`du -sm /;

  /** As one line without code: a sentence does not end where its line does. */
  function prose(section: string): string {
    return section.replace(/^```[\s\S]*?^```/gm, "").replace(/\s+/g, " ");
  }

  function unproven(text: string): string[] {
    return sections(text)
      .filter((section) => RIVAL.test(prose(section)) || SPEED.test(prose(section)))
      .filter((section) => !COMMAND.test(section))
      .map((section) => section.split("\n", 1)[0] ?? "");
  }

  it.each([
    ["## Speed\nA start takes 2 s instead of 9.\n"],
    ["## Size\nThe core is 27 MB to install.\n"],
    ["## Rivals\nAs fast as p-wait-for.\n"],
    ["## Lines\nA start takes 2 s\ninstead of 9.\n"],
    ["## Factors\nIt is 1.3\ntimes as late.\n"],
    ["## Tables\n| `@azure/core-lro` | 4 |\n"],
    ["## The core\nThe official\ncore ignores it.\n"],
  ])("which this check would miss in %j", (text) => {
    expect(unproven(text)).toHaveLength(1);
    expect(unproven(`${text}\n\`npm run bench:engine\` prints it.\n`)).toEqual([]);
    expect(unproven(`${text}\n## Other\n\`npm run bench:engine\`\n`)).toHaveLength(1);
  });

  it("on every page", () => {
    const found = pages.flatMap(({ file, text }) => unproven(text).map((heading) => `${file}: ${heading}`));
    expect(found, "name the command that prints the figure, in that section").toEqual([]);
  });
});

describe("a snippet that a reader copies ends, and is read by the oldest Node", () => {
  const FAULTS: readonly RegExp[] = [
    // A loop that waits for another program goes on when that could not start.
    /\b(?:until|while) [^\n]*(?:;|\n)\s*do\b/,
    // Before Node 24 a SyntaxError in plain JavaScript: prose may name it.
    /\busing \w+ =/,
  ];

  function faults(text: string): string[] {
    return codeBlocks(text).filter((code) => FAULTS.some((fault) => fault.test(code)));
  }

  it.each([
    ["until grep -q READY log; do sleep 1; done\n"],
    ["while ! curl -s localhost:1\ndo sleep 1\ndone\n"],
    ["await using emulator = await startEmulator();\n"],
    ["{\n  using file = open();\n}\n"],
  ])("which this check would notice in %j", (code) => {
    expect(faults(`Text.\n\`\`\`sh\n${code}\`\`\`\n`)).toEqual([code]);
  });

  it("on every page", () => {
    const found = pages.flatMap(({ file, text }) => faults(text).map((code) => `${file}: ${code}`));
    expect(found, "let `taskwait emulate -- COMMAND` wait; write the plain form first").toEqual([]);
  });
});

describe("a page names only commands and files that there are", () => {
  function unknown(text: string): string[] {
    const named = [...text.matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, name = ""]) => name);
    const files = [...text.matchAll(/\b(?:npx vitest run|node) ((?:bench|scripts|test)\/[\w./-]+)/g)];
    return [
      ...named.filter((name) => !scripts.has(name)),
      ...files.map(([, file = ""]) => file).filter((file) => !existsSync(join(root, file))),
    ];
  }

  it("which this check would notice", () => {
    expect(unknown("`npm run no:such` and `npm run check`")).toEqual(["no:such"]);
    expect(unknown("`npx vitest run test/no-such.test.ts`")).toEqual(["test/no-such.test.ts"]);
  });

  it("on every page", () => {
    expect(pages.flatMap(({ file, text }) => unknown(text).map((one) => `${file}: ${one}`))).toEqual([]);
  });
});

describe("docs/errors.md", () => {
  const page = read("docs/errors.md");
  const source = read("src/task/errors.ts");
  const classes = Object.values(errors).filter(
    (value): value is typeof errors.TaskwaitError =>
      typeof value === "function" && value.prototype instanceof Error,
  );
  const made = classes.map((Class) => {
    const Made = Class as new (message: string, details: object) => errors.TaskwaitError;
    return [Class.name, new Made("It failed.", {}).code] as const;
  });

  it("has a heading for every error, under which its code is", () => {
    const missing = made.filter(([name, code]) => {
      const heading = name === "TaskwaitError" ? "# Errors" : `## ${name}`;
      return !sections(page).some((one) => one.startsWith(`${heading}\n`) && one.includes(`\`${code}\``));
    });
    expect(missing, "write a section `## <name>` with the code in docs/errors.md").toEqual([]);
  });

  it("is linked to by every error", () => {
    const missing = made.filter(([name]) => {
      const [, before = ""] =
        new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `).exec(source) ?? [];
      const anchor = name === "TaskwaitError" ? "errors" : name.toLowerCase();
      return !before.includes(`docs/errors.md#${anchor}.`);
    });
    expect(missing, "name docs/errors.md#<name> in the comment of the class").toEqual([]);
  });

  /** Codes of warnings, as they are written in our sources. */
  function codesIn(text: string): string[] {
    return [...text.matchAll(/\bcode: "([A-Z]+_[A-Z_]+)"/g)].map(([, code = ""]) => code);
  }

  it("tells of every warning", () => {
    expect(codesIn('warn({ code: "UNKNOWN_STATUS", message });')).toEqual(["UNKNOWN_STATUS"]);
    const codes = productSources()
      .filter(({ file }) => !file.startsWith("src/emulator/"))
      .flatMap(({ text }) => codesIn(text));
    expect(codes.length).toBeGreaterThan(2);
    const missing = codes.filter((code) => !page.includes(`\n| \`${code}\` |`));
    expect(missing, "write a row for the warning in docs/errors.md").toEqual([]);
  });
});

describe("docs/cli.md", () => {
  const page = read("docs/cli.md");
  const commandsOf = (command: ReturnType<typeof makeProgram>): ReturnType<typeof makeProgram>[] => [
    command,
    ...command.commands.flatMap((one) => commandsOf(one as ReturnType<typeof makeProgram>)),
  ];
  const commands = commandsOf(makeProgram(() => undefined));

  function untold(flags: readonly string[], text: string): string[] {
    return flags.filter((flag) => !new RegExp(`${flag}(?![\\w-])`).test(text));
  }

  it("tells of every flag, or the emulator's page does", () => {
    expect(untold(["--time", "--timeout"], "`--timeout 5s`")).toEqual(["--time"]);
    const missing = commands.flatMap((command) => {
      const flags = command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])));
      const told = command.name() === "emulate" ? read("docs/emulator.md") : page;
      return untold(flags, told).map((flag) => `${command.name()} ${flag}`);
    });
    const expected = missing.filter((flag) => !flag.endsWith(" --version"));
    expect(expected, "write the flag into docs/cli.md (of emulate: docs/emulator.md)").toEqual([]);
  });

  it("tells of every exit code", () => {
    const rows = [...page.matchAll(/^\| (\d+(?:, \d+)*) \|/gm)].flatMap(([, codes = ""]) =>
      codes.split(", "),
    );
    const told = "one row a code in docs/cli.md, as in src/cli/errors/exit-code.ts";
    expect(rows.map(Number).sort(), told).toEqual(Object.values(EXIT).sort());
  });
});
