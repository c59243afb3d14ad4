import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/errors/exit-code.ts";
import { makeProgram } from "../../src/cli/program.ts";
import * as errors from "../../src/task/errors.ts";
import { WAIT_EVENT_NAMES } from "../../src/task/wait-events.ts";

const root = join(import.meta.dirname, "../..");

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

const { scripts } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !/^api[\\/]/.test(path))
  .map((path) => `docs/${path.replaceAll("\\", "/")}`);

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

  it.each(["README.md", "CONTRIBUTING.md", ...docs])("%s", (page) => {
    expect(unproven(read(page))).toEqual([]);
  });

  it.each(["README.md", "CONTRIBUTING.md", ...docs])("%s names only commands that there are", (page) => {
    const named = [...read(page).matchAll(/\bnpm run (?:-s )?([\w:]+)/g)].map(([, name = ""]) => name);
    const files = [...read(page).matchAll(/\b(?:npx vitest run|node) ((?:bench|scripts|test)\/[\w./-]+)/g)];
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(files.map(([, file = ""]) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
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

  it.each(made)("%s has a heading, under which its code %s is", (name, code) => {
    const heading = name === "TaskwaitError" ? "# Errors" : `## ${name}`;
    const section = sections(page).find((one) => one.startsWith(`${heading}\n`));
    expect(section).toContain(`\`${code}\``);
  });

  it.each(made)("%s links to it", (name) => {
    const [, before = ""] =
      new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport class ${name} `).exec(source) ?? [];
    const anchor = name === "TaskwaitError" ? "errors" : name.toLowerCase();
    expect(before).toContain(`docs/errors.md#${anchor}.`);
  });

  it("tells of every warning", () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const codes = files
      .filter((file) => /^(?:engine|policy|bdrc|wait|task)[\\/].*\.ts$/.test(file))
      .flatMap((file) => [...read(`src/${file}`).matchAll(/\bcode: "([A-Z]+_[A-Z_]+)"/g)])
      .map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !page.includes(`\n| \`${code}\` |`))).toEqual([]);
  });
});

describe("docs/events.md", () => {
  const named = [...read("docs/events.md").matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(
    ([, names = ""]) => names.replaceAll("`", "").split(", "),
  );
  const [, ofRuns = ""] =
    /type RunEvents = [\s\S]*?\} & \{\n((?: {2}\S.*\n)+)\};/.exec(read("src/run/run-events.ts")) ?? [];
  const runEvents = [...ofRuns.matchAll(/^ {2}(\w+): /gm)].map(([, name = ""]) => name);

  it("has a row for every event of a wait and of a run, and for no other", () => {
    expect(runEvents).toContain("startRetry");
    expect(new Set(named)).toEqual(new Set([...WAIT_EVENT_NAMES, ...runEvents]));
  });
});

describe("docs/cli.md", () => {
  const page = read("docs/cli.md");
  const commandsOf = (command: ReturnType<typeof makeProgram>): ReturnType<typeof makeProgram>[] => [
    command,
    ...command.commands.flatMap((one) => commandsOf(one as ReturnType<typeof makeProgram>)),
  ];
  const commands = commandsOf(makeProgram(() => undefined));

  it.each(commands.map((command) => [command.name(), command] as const))(
    "tells of every flag of %s, or the emulator's page does",
    (name, command) => {
      const flags = command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])));
      const told = name === "emulate" ? read("docs/emulator.md") : page;
      expect(flags.filter((flag) => flag !== "--version" && !told.includes(flag))).toEqual([]);
    },
  );

  it("tells of every exit code", () => {
    const rows = [...page.matchAll(/^\| (\d+(?:, \d+)*) \|/gm)].flatMap(([, codes = ""]) =>
      codes.split(", "),
    );
    expect(rows.map(Number).sort()).toEqual(Object.values(EXIT).sort());
  });
});
