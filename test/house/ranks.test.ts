import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** folder → one import it may have, and imports it may not have */
const RANKS: Record<string, { allowed: string[]; refused: string[] }> = {
  task: {
    allowed: ["zod/mini", "./status.ts"],
    refused: ["../policy/decide.ts", "../source.ts", "node:fs", "undici"],
  },
  policy: {
    allowed: ["../task/task.ts", "../source.ts", "./decide.ts"],
    refused: [
      "../engine/task-waiter.ts",
      "../bdrc/bdrc-client.ts",
      "../index.ts",
      "fs",
      "p-retry",
      "taskwait",
    ],
  },
  engine: {
    allowed: ["../policy/decide.ts", "../task/task.ts", "p-throttle", "eventemitter3"],
    refused: ["../bdrc/bdrc-client.ts", "../wait/wait-for-task.ts", "node:timers", "events", "undici"],
  },
  bdrc: {
    allowed: ["../task/task.ts", "undici", "node:fs/promises"],
    refused: ["../engine/task-waiter.ts", "../emulator/index.ts", "@alicloud/openapi-core"],
  },
  wait: {
    allowed: ["../engine/task-waiter.ts", "../bdrc/bdrc-client.ts"],
    refused: ["../emulator/index.ts", "../cli/main.ts", "../index.ts", "node:fs"],
  },
  emulator: {
    allowed: ["../task/task.ts", "../bdrc/signature.ts", "node:http"],
    refused: ["../bdrc/bdrc-client.ts", "../engine/task-waiter.ts", "../testing/index.ts", "../cli/main.ts"],
  },
  testing: {
    allowed: ["../emulator/index.ts", "../policy/decide.ts"],
    refused: ["../emulator/world.ts", "../cli/main.ts", "../index.ts", "vitest"],
  },
  durable: {
    allowed: ["../policy/decide.ts", "../task/task.ts", "../source.ts"],
    refused: ["../engine/task-waiter.ts", "../restate/index.ts", "../bdrc/bdrc-client.ts"],
  },
  restate: {
    allowed: ["@restatedev/restate-sdk", "../policy/decide.ts", "../durable/step.ts"],
    refused: ["../engine/task-waiter.ts", "../bullmq/index.ts", "../cli/main.ts"],
  },
  bullmq: {
    allowed: ["bullmq", "../policy/decide.ts"],
    refused: ["../engine/task-waiter.ts", "../temporal/index.ts", "../cli/main.ts"],
  },
  temporal: {
    allowed: ["@temporalio/workflow", "../policy/decide.ts"],
    refused: ["../engine/task-waiter.ts", "../restate/index.ts", "../cli/main.ts"],
  },
  cli: {
    allowed: ["../index.ts", "../emulator/index.ts", "../testing/index.ts", "commander", "node:tty"],
    refused: ["../bdrc/bdrc-client.ts", "../task/task.ts", "../emulator/world.ts", "undici"],
  },
};

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

function fileOf(folder: string, path: string): string {
  return `src/${folder}/of-${path.replaceAll(/[^a-z0-9]+/gi, "-")}.ts`;
}

function formFile(form: string): string {
  return `src/policy/${form.replaceAll(" ", "-")}.ts`;
}

// What several folders of rank 2 and 3 stand on, and none of them may import from another.
const APART = ["src/async/timed-call.ts", "src/async/safe-emitter.ts"];

function plant(): void {
  for (const [folder, { allowed, refused }] of Object.entries(RANKS)) {
    for (const path of [...allowed, ...refused]) {
      fixtures.set(fileOf(folder, path), `import { a } from "${path}";\nexport const b = a;\n`);
    }
  }
  for (const [form, write] of Object.entries(FORMS)) {
    fixtures.set(formFile(form), write("../engine/task-waiter.ts"));
  }
  fixtures.set("src/task/source.ts", 'export type { A } from "./policy/decide.ts";\n');
  for (const file of APART) {
    fixtures.set(file, 'export { a } from "./task/task.ts";\n');
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
  fixtures.set("src/policy/talkative.ts", 'console.log("a");\n');
  fixtures.set("src/cli/talkative.ts", 'console.log("a");\n');
  for (const [index, impure] of IMPURE.entries()) {
    fixtures.set(`src/policy/impure-${index}.ts`, `export const a = ${impure};\n`);
  }
  fixtures.set("src/engine/impure.ts", "export const a = Date.now();\n");
}

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "taskwait-house-"));
  copyFileSync(join(root, "biome.json"), join(house, "biome.json"));
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
  describe.each(Object.entries(RANKS))("%s/", (folder, { allowed, refused }) => {
    it.each(allowed)("may import %s", (path) => {
      expect(refusals(fileOf(folder, path), RESTRICTED)).toBe(0);
    });

    it.each(refused)("may not import %s", (path) => {
      expect(refusals(fileOf(folder, path), RESTRICTED)).toBe(1);
    });
  });

  it.each(Object.keys(FORMS))("%s is no way round", (form) => {
    expect(refusals(formFile(form), RESTRICTED)).toBe(1);
  });

  it("source.ts sees values only", () => {
    expect(refusals("src/task/source.ts", RESTRICTED)).toBe(1);
  });

  it.each(APART)("%s imports no file of ours", (file) => {
    expect(refusals(file, RESTRICTED)).toBe(1);
  });

  it("nothing of the emulator is reachable from the main entry", () => {
    expect(refusals("src/index.ts", RESTRICTED)).toBe(1);
  });
});

describe("policy/ is pure", () => {
  it.each([...IMPURE.entries()])("%i: it may not reach for %s", (index) => {
    expect(refusals(`src/policy/impure-${index}.ts`, "lint/style/noRestrictedGlobals")).toBe(1);
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
    expect(refusals("src/policy/talkative.ts", "lint/suspicious/noConsole")).toBe(1);
    expect(refusals("src/cli/talkative.ts", "lint/suspicious/noConsole")).toBe(0);
  });
});
