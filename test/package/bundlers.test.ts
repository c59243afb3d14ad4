import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pageBlocks } from "../page-block.ts";
import { installInto, run, temporaryFolder } from "./npm.ts";

const project = join(temporaryFolder(), "project");
/** The code of a section's only block in a language. */
function block(section: string, language: string): string {
  const found = pageBlocks("bundlers.md").filter(
    (one) => one.section === section && one.language === language,
  );
  const [one] = found;
  if (one === undefined || found.length > 1) {
    throw new Error(`docs/bundlers.md: section "${section}" has ${found.length} blocks of ${language}`);
  }
  return one.code;
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

const FUNCTION = `
import { BdrcClient, waitForTask } from "taskwait";
import { startEmulator } from "taskwait/emulator";
const emulator = await startEmulator();
const client = new BdrcClient(emulator.clientOptions);
const { taskId } = await client.updateResources();
console.log((await waitForTask(taskId, { client })).taskStatus);
await client.close();
await emulator.stop();
`;

beforeAll(async () => {
  mkdirSync(project);
  write("package.json", '{ "name": "bundled", "private": true }\n');
  const tools = ["webpack@5", "webpack-cli@6", "esbuild@0.25"];
  const install = await installInto(project, ...tools);
  expect(install).toMatchObject({ code: 0 });
  write("function.mjs", FUNCTION);
});

describe("docs/bundlers.md, word for word", () => {
  it("esbuild makes one file, and the file waits for a task", async () => {
    const built = await run(project, "sh", "-c", block("One file for a function", "sh"));
    expect(built, built.stderr).toMatchObject({ code: 0 });
    expect(await run(project, process.execPath, "bundle.mjs")).toMatchObject({
      code: 0,
      stdout: "COMPLETE\n",
    });
  });

  it("webpack builds without @opentelemetry/api, and the file waits for a task", async () => {
    write("webpack.config.mjs", block("webpack", "js"));
    const built = await run(project, "npx", "--no-install", "webpack");
    expect(built.stdout).not.toMatch(/ERROR/);
    expect(built).toMatchObject({ code: 0 });
    expect(await run(project, process.execPath, "bundle.cjs")).toMatchObject({
      code: 0,
      stdout: "COMPLETE\n",
    });
  });
});
