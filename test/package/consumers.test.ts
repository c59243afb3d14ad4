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
    join(project, "esm.mts"),
    `import * as taskwait from "taskwait";\nimport { startEmulator } from "taskwait/emulator";\n${USE}`,
  );
  writeFileSync(
    join(project, "cjs.cts"),
    `import taskwait = require("taskwait");\nimport emulation = require("taskwait/emulator");\nconst { startEmulator } = emulation;\n${USE}`,
  );
});

describe("a consumer type-checks, the declarations of its dependencies included", () => {
  it.each(matrix)("with TypeScript %s, %s", async (version, moduleResolution, { requires, module }) => {
    const config = `tsconfig.${version}.${moduleResolution}.json`;
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
          skipLibCheck: false,
          module,
          moduleResolution,
        },
        files: ["esm.mts", ...(requires || moduleResolution === "bundler" ? ["cjs.cts"] : [])],
      }),
    );
    const tsc = join(project, "node_modules", `typescript-${version}`, "bin/tsc");
    expect(await run(project, process.execPath, tsc, "-p", config)).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});
