import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pack, run, temporaryFolder } from "./npm.ts";

/** Versions of TypeScript that a consumer may have. Before 5.8 nodenext refuses to require() an ES module. */
const COMPILERS = [
  { version: "5.4.5", requires: false },
  { version: "5.9.3", requires: true },
  { version: "6.0.3", requires: true },
  { version: "7.0.2", requires: true },
];

const RESOLUTIONS = [
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "preserve" },
];

const matrix = COMPILERS.flatMap((compiler) =>
  RESOLUTIONS.map(
    (resolution) => [compiler.version, resolution.moduleResolution, { ...compiler, ...resolution }] as const,
  ),
);

const USE = `
export async function use(): Promise<number> {
  const emulator = await startEmulator();
  const client = new taskwait.BdrcClient(emulator.clientOptions);
  const { taskId } = await client.updateResources();
  const wait = taskwait.waitForTask(taskId, { client, timeout: "10m", signal: AbortSignal.timeout(60_000) });
  wait.on("progress", ({ task }) => console.log(task.percent));
  for await (const seen of wait) {
    const status: string = seen.taskStatus;
    console.log(status);
  }
  // @ts-expect-error An option that does not exist is refused.
  taskwait.waitForTask(taskId, { client, timeoutSeconds: 5 });
  // @ts-expect-error An event that does not exist is refused.
  wait.on("finished", () => undefined);
  try {
    const task: taskwait.Task = await wait;
    return task.percent ?? 100;
  } catch (error) {
    if (taskwait.isTaskFailedError(error)) {
      const retryable: boolean = error.retryable;
      return retryable ? 1 : 2;
    }
    throw error;
  } finally {
    await client.close();
    await emulator.stop();
  }
}
`;

const KIT = `
export async function kit(): Promise<string> {
  const source = scriptedSource({ "t-1": ["RUNNING", { status: "RUNNING", progress: 5000 }, "COMPLETE"] });
  // @ts-expect-error A step that does not exist is refused.
  scriptedSource({ "t-1": [7] });
  const { taskStatus } = await taskwait.waitForTask("t-1", { source });
  return taskStatus;
}
`;

/** What the adapters to durable engines export; their peers are not there, so their types are not looked into. */
const ADAPTERS = {
  restate: ["restateServices", "restateClient", "outcomeOfTerminalError"],
  bullmq: ["TaskQueue", "taskProcessor", "taskWorkerOptions"],
  temporal: ["taskActivities", "outcomeOfFailure"],
  "temporal/workflow": ["waitForTask", "taskOutcome"],
};

const adapters = Object.entries(ADAPTERS).map(([path, names], index) => ({ path, names, as: `a${index}` }));

function useOfAdapters(statement: (as: string, from: string) => string): string {
  const imports = adapters.map(({ path, as }) => statement(as, `taskwait/${path}`));
  const uses = adapters.flatMap(({ names, as }) => [
    ...names.map((name) => `${as}.${name};`),
    "// @ts-expect-error A name that does not exist is refused: the declarations are there.",
    `${as}.nothing;`,
  ]);
  return [...imports, ...uses, ""].join("\n");
}

const folder = temporaryFolder();
const project = join(folder, "project");

beforeAll(async () => {
  const tarball = await pack(folder);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true }\n');
  const install = await run(
    project,
    "npm",
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "@types/node@20",
    ...COMPILERS.map(({ version }) => `typescript-${version}@npm:typescript@${version}`),
    tarball.file,
  );
  expect(install).toMatchObject({ code: 0 });
  writeFileSync(
    join(project, "library.mts"),
    `import * as taskwait from "taskwait";\nimport { startEmulator } from "taskwait/emulator";\nimport { scriptedSource } from "taskwait/testing";\n${USE}${KIT}`,
  );
  writeFileSync(
    join(project, "library.cts"),
    `import taskwait = require("taskwait");\nimport emulation = require("taskwait/emulator");\nimport testing = require("taskwait/testing");\nconst { startEmulator } = emulation;\nconst { scriptedSource } = testing;\n${USE}${KIT}`,
  );
  writeFileSync(
    join(project, "adapters.mts"),
    useOfAdapters((as, from) => `import * as ${as} from "${from}";`),
  );
  writeFileSync(
    join(project, "adapters.cts"),
    useOfAdapters((as, from) => `import ${as} = require("${from}");`),
  );
});

async function compile(
  { version, requires, module, moduleResolution }: (typeof matrix)[number][2],
  name: string,
  skipLibCheck: boolean,
) {
  const config = `tsconfig.${name}.${version}.${moduleResolution}.json`;
  writeFileSync(
    join(project, config),
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        lib: ["es2022", "esnext.disposable"],
        types: ["node"],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck,
        module,
        moduleResolution,
      },
      files: [`${name}.mts`, ...(requires || moduleResolution === "bundler" ? [`${name}.cts`] : [])],
    }),
  );
  const tsc = join(project, "node_modules", `typescript-${version}`, "bin/tsc");
  return await run(project, process.execPath, tsc, "-p", config);
}

describe("a consumer type-checks, the declarations of its dependencies included", () => {
  it.each(matrix)("with TypeScript %s, %s", async (_, __, row) => {
    expect(await compile(row, "library", false)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("the adapters to durable engines have declarations", () => {
  it.each(matrix)("for TypeScript %s, %s", async (_, __, row) => {
    expect(await compile(row, "adapters", true)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
