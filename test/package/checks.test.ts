import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

type Files = Readonly<Record<string, string>>;

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

const TOOLS = ["@biomejs/biome", "knip", "typedoc", "typescript"];

/** The smallest house that passes under the rules of this one. */
const SOUND: Files = {
  "README.md":
    '# A house\n\n[A page](docs/a.md)\n\n<!-- from examples/a.mjs -->\n```js\nimport "taskwait";\n```\n',
  "CONTRIBUTING.md": "# Contributing\n",
  "docs/a.md": "# A page\n",
  "examples/a.mjs": 'import "taskwait";\n',
  "src/index.ts": 'export { one } from "./task/one.ts";\n',
  "src/task/one.ts": "/** A number. */\nexport const one: number = 1;\n",
};

interface Fault {
  readonly check: string;
  readonly files: Files;
  /** What the tool says, so that the one who reads it finds the fault. */
  readonly says: RegExp;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "an undocumented export": {
    check: "docs",
    files: { "src/task/one.ts": "export const one: number = 1;\n" },
    says: /one \(Variable\), defined in .*, does not have any documentation/,
  },
  "a dead link": {
    check: "links",
    files: { "docs/a.md": "# A page\n\n[Nowhere](b.md)\n" },
    says: /docs\/a\.md:3: b\.md leads nowhere/,
  },
  "a snippet that differs from its example": {
    check: "snippets",
    files: { "examples/a.mjs": 'import "taskwait/testing";\n' },
    says: /README\.md: the snippet from examples\/a\.mjs differs/,
  },
  "an import upwards": {
    check: "lint",
    files: {
      "src/policy/decide/two.ts": 'import "../../engine/three.ts";\n',
      "src/engine/three.ts": "export {};\n",
    },
    says: /src\/policy\/decide\/two\.ts:1:\d+ lint\/style\/noRestrictedImports/,
  },
  "a cycle": {
    check: "lint",
    files: { "src/task/two.ts": 'import "./three.ts";\n', "src/task/three.ts": 'import "./two.ts";\n' },
    says: /src\/task\/two\.ts:1:\d+ lint\/suspicious\/noImportCycles/,
  },
  "an unused export": {
    check: "dead",
    files: {
      "src/task/one.ts": "/** A number. */\nexport const one: number = 1;\nexport const idle: number = 2;\n",
    },
    says: /Unused exports \(1\)\s+idle\s+src\/task\/one\.ts:3/,
  },
  "an unused file": {
    check: "dead",
    files: { "src/task/two.ts": "/** A number. */\nexport const two: number = 2;\n" },
    says: /Unused files \(1\)\s+src\/task\/two\.ts/,
  },
  "a file over 250 lines": {
    check: "lint",
    files: { "src/task/two.ts": `${"// one more line\n".repeat(250)}export {};\n` },
    says: /src\/task\/two\.ts:.*lint\/style\/noExcessiveLinesPerFile/,
  },
  "a type that is wrong": {
    check: "types",
    files: { "src/task/one.ts": '/** A number. */\nexport const one: number = "1";\n' },
    says: /src\/task\/one\.ts\(2,14\): error TS2322/,
  },
  "a file that is not formatted": {
    check: "lint",
    files: { "src/task/one.ts": "/** A number. */\nexport const one : number = 1;\n" },
    says: /src\/task\/one\.ts format/,
  },
};

/** What the checks go by. */
const COPIED = [
  "biome.json",
  "biome.rooms.json",
  "knip.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "types",
  "scripts/check-links.mjs",
  "scripts/check-snippets.mjs",
];

let house: string;

const CHECKS = [...new Set(Object.values(FAULTS).map((fault) => fault.check))];

function pick(all: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function write(files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  }
}

function check(name: string): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", `check:${name}`], {
    cwd: house,
    encoding: "utf8",
  });
  return { code: status, output: stripVTControlCharacters(`${stdout}${stderr}`) };
}

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "taskwait-check-"));
  for (const file of COPIED) {
    cpSync(join(root, file), join(house, file), { recursive: true });
  }
  const typedoc = JSON.parse(readFileSync(join(root, "typedoc.json"), "utf8")) as object;
  const entry = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  write({
    ...SOUND,
    "package.json": JSON.stringify({
      name: "taskwait",
      type: "module",
      exports: { ".": entry, "./testing": entry },
      scripts: pick(
        manifest.scripts,
        CHECKS.map((name) => `check:${name}`),
      ),
      devDependencies: pick(manifest.devDependencies, TOOLS),
    }),
    // Of a house of one room; the rules are those of this one.
    "typedoc.json": JSON.stringify({
      ...typedoc,
      entryPoints: ["src/index.ts"],
      intentionallyNotExported: [],
    }),
    ".gitignore": "node_modules\n",
  });
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
  spawnSync("git", ["init", "-q"], { cwd: house });
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  spawnSync(process.execPath, [biome, "format", "--write", "package.json", "typedoc.json"], { cwd: house });
});

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

describe("npm run check", () => {
  it("runs every check there is", () => {
    const checks = Object.keys(manifest.scripts).filter((name) => name.startsWith("check:"));
    expect(manifest.scripts["check"]).toBe(checks.map((name) => `npm run ${name}`).join(" && "));
  });

  it.each(CHECKS)("passes a sound house: check:%s", (name) => {
    const { code, output } = check(name);
    expect(code, output).toBe(0);
  });

  it.each(Object.entries(FAULTS))("fails on %s", (_, fault) => {
    write(fault.files);
    try {
      const { code, output } = check(fault.check);
      expect(output).toMatch(fault.says);
      expect(code).not.toBe(0);
    } finally {
      for (const file of Object.keys(fault.files)) {
        rmSync(join(house, file));
      }
      write(SOUND);
    }
  });
});
