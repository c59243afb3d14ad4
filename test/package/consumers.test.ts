import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { installInto, root, run, temporaryFolder } from "./npm.ts";

/** Versions of TypeScript that a consumer may have. Before 5.8 nodenext refuses to require() what is an ES module. */
const COMPILERS = ["5.4.5", "5.9.3", "6.0.3", "7.0.2"];

const RESOLUTIONS = { nodenext: "nodenext", bundler: "preserve" };

/** How a consumer comes by the package, and the ending of a module that does. */
const STYLES = { import: "mts", require: "cts" };

type Cell = readonly [compiler: string, resolution: keyof typeof RESOLUTIONS, style: keyof typeof STYLES];

const cells: Cell[] = COMPILERS.flatMap((compiler) =>
  (["nodenext", "bundler"] as const).flatMap((resolution) =>
    (["import", "require"] as const).map((style): Cell => [compiler, resolution, style]),
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

const CLASSES = `
export class GivenUpError extends taskwait.TaskwaitError {
  override readonly code = "GIVEN_UP";
}
export function why(error: unknown): string {
  if (error instanceof taskwait.TaskFailedError) {
    const retryable: boolean = error.retryable;
    return retryable ? "again" : error.name;
  }
  return error instanceof GivenUpError ? \`\${error.code} after \${error.polls}\` : "?";
}
const failure = new taskwait.TaskFailedError("It failed.", { retryable: true });
export const ending: taskwait.OutcomeOf<"failed"> = { kind: "failed", error: failure };
// @ts-expect-error Another kind carries another error.
export const odd: taskwait.OutcomeOf<"expired"> = { kind: "expired", error: failure };
// @ts-expect-error Only waitForTask makes a wait; its class is there as a type.
export const wait: taskwait.TaskWait = new taskwait.TaskWait();
`;

/** Only the adapter to Restate needs its peer's types. */
const RESTATE = `
import type { Context } from "@restatedev/restate-sdk";
import * as restate from "taskwait/restate";
const { services, waits } = restate.restateServices({ source, perSecond: 8 });
export const names: string[] = [...services.map(({ name }) => name), waits.name];
export async function handler(context: Context): Promise<string> {
  const task = await context.serviceClient(waits).wait({ taskId: "t-1", timeout: "2h" });
  // @ts-expect-error A request that names no task is refused.
  await context.serviceClient(waits).wait({});
  return task.taskStatus;
}
export const end: taskwait.Outcome | undefined = restate.outcomeOfTerminalError(new Error());
`;

const ADAPTERS = `
const source = new taskwait.BdrcClient();
const queued = new bullmq.TaskQueue({} as bullmq.TaskQueueOptions).wait("t-1", { timeout: "2h" });
queued.on("progress", ({ task }) => console.log(task.percent));
export const work: bullmq.TaskProcessor = bullmq.taskProcessor({ source, waitPriceMs: 500 });
export const { max }: { max: number } = bullmq.taskWorkerOptions({ perSecond: 8 }).limiter;
// @ts-expect-error An option that does not exist is refused.
bullmq.taskProcessor({ source, price: 500 });
export const activities: temporal.TaskActivities = temporal.taskActivities({ source });
export const waited: Promise<taskwait.Task> = workflow.waitForTask({ taskId: "t-1" }, { how: "hold" });
// @ts-expect-error There is no third way to wait.
workflow.waitForTask({ taskId: "t-1" }, { how: "sleep" });
export const ends: taskwait.Outcome | undefined = temporal.outcomeOfFailure(new Error());
`;

/** What is required is what is imported: each class is one and the same. */
const IDENTITY = `
// @ts-expect-error CommonJS has another copy of Restate's SDK, which would not know our errors.
import restate = require("taskwait/restate");
import type * as imported from "taskwait" with { "resolution-mode": "import" };
import type * as importedQueue from "taskwait/bullmq" with { "resolution-mode": "import" };
export const client = (one: imported.BdrcClient): taskwait.BdrcClient => one;
export const back = (one: taskwait.BdrcClient): imported.BdrcClient => one;
export const queue = (one: importedQueue.TaskQueue): bullmq.TaskQueue => one;
export const waiter: typeof imported.TaskWaiter = taskwait.TaskWaiter;
`;

const ENTRIES = {
  taskwait: "taskwait",
  emulation: "taskwait/emulator",
  testing: "taskwait/testing",
  bullmq: "taskwait/bullmq",
  temporal: "taskwait/temporal",
  workflow: "taskwait/temporal/workflow",
};

function consumer(entry: (name: string, from: string) => string, ...texts: string[]): string {
  const entries = Object.entries(ENTRIES).map(([name, from]) => entry(name, from));
  return [
    ...entries,
    "const { startEmulator } = emulation;",
    "const { scriptedSource } = testing;",
    USE,
    KIT,
    CLASSES,
    ADAPTERS,
    ...texts,
  ].join("\n");
}

const folder = temporaryFolder();
const project = join(folder, "project");

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true }\n');
  const install = await installInto(
    project,
    "@types/node@20",
    ...COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`),
  );
  expect(install).toMatchObject({ code: 0 });
  copyFileSync(join(root, "types/peers/restate.d.ts"), join(project, "restate.d.ts"));
  writeFileSync(
    join(project, "consumer.mts"),
    consumer((name, from) => `import * as ${name} from "${from}";`, RESTATE),
  );
  writeFileSync(
    join(project, "consumer.cts"),
    consumer((name, from) => `import ${name} = require("${from}");`, IDENTITY),
  );
});

async function compile([version, resolution, style]: Cell) {
  const config = `tsconfig.${version}.${resolution}.${style}.json`;
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
        module: RESOLUTIONS[resolution],
        moduleResolution: resolution,
      },
      files: [`consumer.${STYLES[style]}`, "restate.d.ts"],
    }),
  );
  const tsc = join(project, "node_modules", `typescript-${version}`, "bin/tsc");
  return await run(project, process.execPath, tsc, "-p", config);
}

describe("a consumer type-checks every entry point, the declarations of dependencies included", () => {
  it.each(cells)("with TypeScript %s, %s, %s", async (...cell) => {
    expect(await compile(cell)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

/** A consumer of old: TypeScript 5.4, no types of Node, no option that helps. */
const PLAIN = `
import { isTaskFailedError, TaskWaiter, waitForTask, type Task, type WaitForTaskOptions } from "taskwait";
import { defineTaskApi, taskApiSource } from "taskwait/apis";
import { startEmulator } from "taskwait/emulator";
import { scriptedSource } from "taskwait/testing";

export const apis = { defineTaskApi, taskApiSource };
export function wait(taskId: string, options: WaitForTaskOptions): Promise<Task> {
  return waitForTask(taskId, options).catch((error: unknown) => {
    if (isTaskFailedError(error)) {
      const retryable: boolean = error.retryable;
      throw new Error(retryable ? "again" : error.message);
    }
    throw error;
  });
}
export const waiter = new TaskWaiter({ source: scriptedSource({ "t-1": ["COMPLETE"] }) });
export const stop = () => startEmulator().then((emulator) => emulator.stop());
// @ts-expect-error An option that does not exist is refused.
waitForTask("t-1", { timeoutSeconds: 5 });
`;

describe("a consumer with TypeScript 5.4 and without Node's types compiles", () => {
  const plain = join(folder, "plain");

  beforeAll(async () => {
    mkdirSync(plain);
    writeFileSync(join(plain, "package.json"), '{ "name": "plain", "private": true }\n');
    const install = await installInto(plain);
    expect(install).toMatchObject({ code: 0 });
    writeFileSync(join(plain, "plain.ts"), PLAIN);
    writeFileSync(join(plain, "plain.mts"), PLAIN);
  });

  it.each([
    ["nothing but --module commonjs", []],
    ["--strict", ["--strict"]],
    ["a browser's lib", ["--target", "es2022", "--lib", "es2022,dom", "--strict"]],
  ])("with %s", async (_, flags) => {
    const tsc = join(project, "node_modules/typescript-5.4.5/bin/tsc");
    const compiled = await run(
      plain,
      process.execPath,
      tsc,
      "--module",
      "commonjs",
      "--noEmit",
      ...flags,
      "plain.ts",
    );
    expect(compiled).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("and go-to-definition lands in the TypeScript source", async () => {
    writeFileSync(
      join(plain, "definition.cjs"),
      `const ts = require(${JSON.stringify(join(root, "node_modules/typescript"))});
       const files = ["plain.mts"];
       const host = {
         getScriptFileNames: () => files,
         getScriptVersion: () => "1",
         getScriptSnapshot: (name) =>
           ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name)) : undefined,
         getCurrentDirectory: () => process.cwd(),
         getCompilationSettings: () => ({ module: ts.ModuleKind.NodeNext }),
         getDefaultLibFileName: ts.getDefaultLibFilePath,
         fileExists: ts.sys.fileExists,
         readFile: ts.sys.readFile,
         directoryExists: ts.sys.directoryExists,
       };
       const service = ts.createLanguageService(host);
       const text = ts.sys.readFile("plain.mts");
       const [{ fileName, textSpan }] = service.getDefinitionAtPosition("plain.mts", text.indexOf("waitForTask(taskId"));
       // What an editor asks next: where the declaration's map leads.
       const place = service.getSourceMapper().tryGetSourcePosition({ fileName, pos: textSpan.start });
       console.log(place.fileName.replace(/.*\\/node_modules\\//, ""), ts.sys.readFile(place.fileName).slice(place.pos).match(/^\\w+/)[0]);`,
    );
    const { stdout, stderr } = await run(plain, process.execPath, "definition.cjs");
    expect(stderr).toBe("");
    expect(stdout).toBe("taskwait/src/wait/wait-for-task.ts waitForTask\n");
  });
});
