import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linterRules, ROOMS, specifier } from "../../scripts/rooms.mjs";
import { folderImports } from "./folder-imports.ts";

const root = join(import.meta.dirname, "../..");

const rooms = [...ROOMS.keys()];
const folders = rooms.filter((room) => !room.endsWith(".ts"));

/** What no room may import: packages that nobody chose. */
const REFUSED_EVERYWHERE = ["taskwait", "vitest", "lodash"];

const FORMS: Record<string, (path: string) => string> = {
  "a value import": (path) => `import { a } from "${path}";\nexport const b = a;\n`,
  "a type import": (path) => `import type { A } from "${path}";\nexport type B = A;\n`,
  "a re-export": (path) => `export { a } from "${path}";\n`,
  "a bare import": (path) => `import "${path}";\n`,
  "a dynamic import": (path) => `export const a = await import("${path}");\n`,
  "an import with a roundabout path": (path) => `import { a } from "./${path}";\nexport const b = a;\n`,
};

const IMPURE = ["Date.now()", "performance.now()", "setTimeout(() => 1, 5)", "process.env", "fetch('/')"];

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

let house: string;
const diagnostics: Diagnostic[] = [];
const fixtures = new Map<string, string>();

function refusals(file: string, rule: string): number {
  expect(fixtures.has(file), `no fixture ${file}`).toBe(true);
  return diagnostics.filter((one) => one.location.path === file && one.category === rule).length;
}

/** A file of `room` that imports `path`. */
function fileOf(room: string, path: string): string {
  return `src/${room}/of-${path.replaceAll(".", "d").replaceAll(/[^a-z0-9]/gi, "-")}.ts`;
}

/** How a file of `from` names a file of `to`. */
function pathBetween(from: string, to: string): string {
  const [rank, folder] = from.split("/");
  const [otherRank, ...rest] = to.split("/");
  if (rank !== otherRank) {
    return specifier(from, to).replace("*", "a.ts");
  }
  return [folder === undefined ? "." : "..", ...rest, "a.ts"].join("/");
}

const pairs = folders.flatMap((from) =>
  rooms
    .filter((to) => to !== from)
    .map((to) => ({
      from,
      path: pathBetween(from, to),
      isAllowed: ROOMS.get(from)?.rooms.includes(to) ?? false,
    })),
);

function formFile(form: string): string {
  return `src/policy/decide/${form.replaceAll(" ", "-")}.ts`;
}

function plant(): void {
  for (const { from, path } of pairs) {
    fixtures.set(fileOf(from, path), `import { a } from "${path}";\nexport const b = a;\n`);
  }
  for (const room of folders) {
    for (const path of [...REFUSED_EVERYWHERE, ...(ROOMS.get(room)?.packages ?? [])]) {
      const name = path.replaceAll("**", "a").replaceAll("*", "a");
      fixtures.set(fileOf(room, path), `import { a } from "${name}";\nexport const b = a;\n`);
    }
  }
  for (const [form, write] of Object.entries(FORMS)) {
    fixtures.set(formFile(form), write("../../engine/task-waiter.ts"));
  }
  fixtures.set("src/index.ts", 'export { a } from "./emulator/index.ts";\n');
  fixtures.set(
    "src/task/chicken.ts",
    'import { egg } from "./egg.ts";\nexport const chicken: string = egg;\n',
  );
  fixtures.set(
    "src/task/egg.ts",
    'import { chicken } from "./chicken.ts";\nexport const egg: string = chicken;\n',
  );
  fixtures.set("src/task/hen.ts", 'import type { Nest } from "./nest.ts";\nexport type Hen = Nest;\n');
  fixtures.set("src/task/nest.ts", 'import type { Hen } from "./hen.ts";\nexport type Nest = Hen;\n');
  fixtures.set("src/task/long.ts", `${"// one more line\n".repeat(250)}export const a = 1;\n`);
  fixtures.set("src/task/full.ts", `${"// one more line\n".repeat(249)}export const a = 1;\n`);
  fixtures.set("src/policy/decide/talkative.ts", 'console.log("a");\n');
  fixtures.set("src/cli/talkative.ts", 'console.log("a");\n');
  for (const [index, impure] of IMPURE.entries()) {
    fixtures.set(`src/policy/decide/impure-${index}.ts`, `export const a = ${impure};\n`);
  }
  fixtures.set("src/engine/impure.ts", "export const a = Date.now();\n");
}

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "taskwait-house-"));
  for (const file of ["biome.json", "biome.rooms.json"]) {
    copyFileSync(join(root, file), join(house, file));
  }
  plant();
  for (const [file, text] of fixtures) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  }
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const run = spawnSync(
    process.execPath,
    [biome, "lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "src"],
    { cwd: house, encoding: "utf8", maxBuffer: 16 << 20 },
  );
  diagnostics.push(...(JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }).diagnostics);
});

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

const RESTRICTED = "lint/style/noRestrictedImports";
const CYCLE = "lint/suspicious/noImportCycles";

describe("a file imports only downwards", () => {
  it("the linter holds to the table of rooms: node scripts/rooms.mjs writes what it reads", () => {
    expect(readFileSync(join(root, "biome.rooms.json"), "utf8")).toBe(linterRules());
  });

  it("a room comes after all that it may import, so no two rooms can import each other", () => {
    const wrong = folders.flatMap((room) =>
      (ROOMS.get(room)?.rooms ?? [])
        .map((other) => other.replace("/index.ts", ""))
        .filter((other) => other !== "index.ts" && rooms.indexOf(other) >= rooms.indexOf(room))
        .map((other) => `${room} -> ${other}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(folders)("%s: each other room is refused, or allowed, as the table says", (room) => {
    const wrong = pairs
      .filter(({ from }) => from === room)
      .filter(({ path, isAllowed }) => refusals(fileOf(room, path), RESTRICTED) !== (isAllowed ? 0 : 1))
      .map(({ path, isAllowed }) => `${path} is ${isAllowed ? "refused" : "allowed"}`);
    expect(wrong).toEqual([]);
  });

  it.each(folders)("%s: the packages of the table are allowed, others are refused", (room) => {
    const allowed = ROOMS.get(room)?.packages ?? [];
    const wrong = [...allowed, ...REFUSED_EVERYWHERE].filter(
      (path) => refusals(fileOf(room, path), RESTRICTED) !== (allowed.includes(path) ? 0 : 1),
    );
    expect(wrong).toEqual([]);
  });

  it("each folder of src/ is a room of the table, and each room is there", () => {
    const there = new Set(folderImports().keys());
    expect([...there].filter((folder) => !ROOMS.has(folder))).toEqual([]);
    expect(folders.filter((room) => !there.has(room))).toEqual([]);
  });

  it("no folder imports itself by way of others", () => {
    const graph = folderImports();
    const reach = (from: string, seen: Set<string>): Set<string> => {
      for (const to of graph.get(from)?.imports ?? []) {
        if (!seen.has(to)) {
          reach(to, seen.add(to));
        }
      }
      return seen;
    };
    expect([...graph.keys()].filter((folder) => reach(folder, new Set()).has(folder))).toEqual([]);
  });

  it("no folder has more than 14 files of its own, index.ts aside", () => {
    const full = [...folderImports()]
      .map(([folder, { files }]) => ({ folder, count: files.filter((name) => name !== "index.ts").length }))
      .filter(({ count }) => count > 14);
    expect(full).toEqual([]);
  });

  it.each(Object.keys(FORMS))("%s is no way round", (form) => {
    expect(refusals(formFile(form), RESTRICTED)).toBe(1);
  });

  it("nothing of the emulator is reachable from the main entry", () => {
    expect(refusals("src/index.ts", RESTRICTED)).toBe(1);
  });
});

describe("policy/ is pure", () => {
  it.each([...IMPURE.entries()])("%i: it may not reach for %s", (index) => {
    expect(refusals(`src/policy/decide/impure-${index}.ts`, "lint/style/noRestrictedGlobals")).toBe(1);
  });

  it("but the engine, which drives it, may", () => {
    expect(refusals("src/engine/impure.ts", "lint/style/noRestrictedGlobals")).toBe(0);
  });
});

describe("a cycle is refused", () => {
  it.each(["src/task/chicken.ts", "src/task/egg.ts"])("of values: %s", (file) => {
    expect(refusals(file, CYCLE)).toBe(1);
  });

  it.each(["src/task/hen.ts", "src/task/nest.ts"])("of types: %s", (file) => {
    expect(refusals(file, CYCLE)).toBe(1);
  });
});

describe("a file in src/ stays small and quiet", () => {
  it("250 lines are allowed, 251 are not", () => {
    expect(refusals("src/task/full.ts", "lint/style/noExcessiveLinesPerFile")).toBe(0);
    expect(refusals("src/task/long.ts", "lint/style/noExcessiveLinesPerFile")).toBe(1);
  });

  it("only the command may write to the console", () => {
    expect(refusals("src/policy/decide/talkative.ts", "lint/suspicious/noConsole")).toBe(1);
    expect(refusals("src/cli/talkative.ts", "lint/suspicious/noConsole")).toBe(0);
  });
});
