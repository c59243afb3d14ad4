import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pack, root, run, temporaryFolder } from "./npm.ts";

const project = join(temporaryFolder(), "project");
const page = readFileSync(join(root, "docs/bundlers.md"), "utf8");

/** The code of a section's only block in a language. */
function block(section: string, language: string): string {
  const [, text = ""] = page.split(new RegExp(`^## ${section}$`, "m"));
  const [, code] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(text) ?? [];
  if (code === undefined) {
    throw new Error(`docs/bundlers.md: section "${section}" has no block of ${language}`);
  }
  return code;
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
  const { file } = await pack(project);
  const tools = ["jest@30", "webpack@5", "webpack-cli@6", "esbuild@0.25"];
  const install = await run(
    project,
    "npm",
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    file,
    ...tools,
  );
  expect(install).toMatchObject({ code: 0 });
  write("function.mjs", FUNCTION);
});

describe("docs/bundlers.md, word for word", () => {
  it("jest runs a test that imports taskwait, and one that is CommonJS", async () => {
    const test = block("jest", "js");
    write("wait.test.mjs", test);
    write(
      "wait.test.cjs",
      `test("waits", async () => { expect(typeof (await import("taskwait")).waitForTask).toBe("function"); });\n`,
    );
    write("jest.config.json", '{ "testMatch": ["**/*.test.mjs", "**/*.test.cjs"] }\n');
    const { code, stderr } = await run(project, "sh", "-c", block("jest", "sh"));
    expect(stderr).toMatch(/Tests: +2 passed, 2 total/);
    expect(code).toBe(0);
  });

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
