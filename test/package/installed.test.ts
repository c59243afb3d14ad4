import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { installInto, root, run, temporaryFolder } from "./npm.ts";

const folder = temporaryFolder();
const project = join(folder, "project");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

function script(name: string, text: string): string {
  writeFileSync(join(project, name), text);
  return name;
}

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true }\n');
  const install = await installInto(project, "--omit=dev");
  expect(install.code).toBe(0);
  expect(install.stderr).not.toMatch(/deprecated|ERESOLVE|EBADENGINE/);
});

describe("installed in an empty project", () => {
  it("the command prints its version", async () => {
    const { code, stdout } = await run(project, "npx", "--no-install", "taskwait", "--version");
    expect(stdout).toBe(`${version}\n`);
    expect(code).toBe(0);
  });

  it("an ES module imports it", async () => {
    const name = script(
      "esm.mjs",
      'import { waitForTask } from "taskwait";\nconsole.log(typeof waitForTask);\n',
    );
    expect(await run(project, process.execPath, name)).toEqual({ code: 0, stdout: "function\n", stderr: "" });
  });

  it("a CommonJS module requires it, and gets the same error classes as an import", async () => {
    const name = script(
      "cjs.cjs",
      `const required = require("taskwait");
       import("taskwait").then((imported) => {
         console.log(typeof required.waitForTask, imported.TaskFailedError === required.TaskFailedError);
       });`,
    );
    expect(await run(project, process.execPath, name)).toMatchObject({ code: 0, stdout: "function true\n" });
  });

  it("a CommonJS module can't require the adapter to Restate, whose SDK is another copy there", async () => {
    const name = script("restate.cjs", 'require("taskwait/restate");\n');
    const { code, stderr } = await run(project, process.execPath, name);
    expect(code).toBe(1);
    expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("a stack trace under --enable-source-maps names the lines of the sources, which are there", async () => {
    const name = script(
      "trace.mjs",
      `import { readFileSync } from "node:fs";
       import { waitForTask } from "taskwait";
       import { scriptedSource } from "taskwait/testing";
       const error = await waitForTask("t-1", { source: scriptedSource({ "t-1": ["FAILED"] }) }).catch((one) => one);
       const [, file, line] = /\\((.*\\/src\\/.*\\.ts):(\\d+):\\d+\\)/.exec(error.stack) ?? [];
       console.log(error.name, readFileSync(file, "utf8").split("\\n")[line - 1].trim());`,
    );
    const { stdout, stderr } = await run(project, process.execPath, "--enable-source-maps", name);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^TaskFailedError const error = new Class\(/);
  });

  it("its inside can't be imported", async () => {
    const name = script("deep.mjs", 'import "taskwait/dist/task/errors.js";\n');
    const { code, stderr } = await run(project, process.execPath, name);
    expect(code).toBe(1);
    expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("a script waits for a task of the emulator and exits by itself", async () => {
    const name = script(
      "wait.mjs",
      `import { BdrcClient, waitForTask } from "taskwait";
       import { startEmulator } from "taskwait/emulator";
       const emulator = await startEmulator();
       const client = new BdrcClient(emulator.clientOptions);
       const { taskId } = await client.updateResources();
       const task = await waitForTask(taskId, { client });
       console.log(task.taskStatus);
       await client.close();
       await emulator.stop();`,
    );
    expect(await run(project, process.execPath, name)).toEqual({ code: 0, stdout: "COMPLETE\n", stderr: "" });
  });
});
