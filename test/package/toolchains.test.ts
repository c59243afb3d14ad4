import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, describe, expect, it } from "vitest";
import { installInto, run, temporaryFolder } from "./npm.ts";

const project = join(temporaryFolder(), "project");
const TOOLS = [
  "@vercel/ncc@0.38",
  "bun@1",
  "deno@2",
  "esbuild@0.25",
  "rolldown@1.2",
  "sinon@21",
  "vitest@4.1",
];

// Where a script of its installation copies it from.
const BUN = `../@oven/bun-${process.platform}-${process.arch}/bin/bun`;

const WAIT = `
  const emulator = await startEmulator();
  const client = new BdrcClient(emulator.clientOptions);
  const { taskId } = await client.updateResources();
  console.log((await waitForTask(taskId, { client })).taskStatus);
  await client.close();
  await emulator.stop();
`;
const FILES = {
  "package.json": '{ "name": "consumer", "private": true }\n',
  "consumer.mjs": `
import { BdrcClient, waitForTask } from "taskwait";
import { startEmulator } from "taskwait/emulator";
${WAIT}`,
  "consumer.cjs": `
async function main() {
  const { BdrcClient, waitForTask } = await import("taskwait");
  const { startEmulator } = await import("taskwait/emulator");
${WAIT}}
main();
`,
  "sinon.test.mjs": `
import assert from "node:assert/strict";
import { test } from "node:test";
import sinon from "sinon";
import { waitForTask } from "taskwait";
import { scriptedSource } from "taskwait/testing";
test("an hour passes at once", async () => {
  const clock = sinon.useFakeTimers();
  const wait = waitForTask("t-1", { source: scriptedSource({ "t-1": { durationMs: 3_600_000 } }) });
  await clock.tickAsync(3_700_000);
  clock.restore();
  assert.equal((await wait).taskStatus, "COMPLETE");
});
`,
  "vitest.test.mjs": `
import { expect, test, vi } from "vitest";
import { waitForTask } from "taskwait";
import { scriptedSource } from "taskwait/testing";
test("an hour passes at once", async () => {
  vi.useFakeTimers();
  const wait = waitForTask("t-1", { source: scriptedSource({ "t-1": { durationMs: 3_600_000 } }) });
  await vi.advanceTimersByTimeAsync(3_700_000);
  vi.useRealTimers();
  expect((await wait).taskStatus).toBe("COMPLETE");
});
`,
};

beforeAll(async () => {
  mkdirSync(project);
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(project, name), text);
  }
  // Each brings its program as a package for this platform: no script of an installation downloads one.
  expect(await installInto(project, "--ignore-scripts", ...TOOLS)).toMatchObject({ code: 0 });
});

describe("a consumer that waits for a task", () => {
  const WAITED = { code: 0, stdout: "COMPLETE\n" };

  it.each([
    ["Deno", ["deno", "run", "--allow-all", "--node-modules-dir=manual", "consumer.mjs"]],
    ["Bun", [BUN, "consumer.mjs"]],
  ])("runs in %s", async (_, [tool = "", ...line]) => {
    const ran = await run(project, binary(tool), ...line);
    expect(ran, ran.stderr).toMatchObject(WAITED);
  });

  it.each([
    ["ncc", ["ncc", "build", "consumer.mjs", "--out", "ncc"], "ncc/index.mjs"],
    [
      "rolldown",
      ["rolldown", "consumer.mjs", "--platform", "node", "--dir", "out.mjs"],
      "out.mjs/consumer.js",
    ],
    [
      "esbuild as CommonJS",
      [
        "esbuild",
        "consumer.cjs",
        "--bundle",
        "--platform=node",
        "--external:@opentelemetry/api",
        "--outfile=es.cjs",
      ],
      "es.cjs",
    ],
  ])("is built by %s, and runs", async (_, [tool = "", ...line], made) => {
    const built = await run(project, binary(tool), ...line);
    expect(built, built.stderr).toMatchObject({ code: 0 });
    // What is built as modules says so by its name or its folder.
    if (made.endsWith(".js")) {
      writeFileSync(join(project, made, "../package.json"), '{ "type": "module" }\n');
    }
    const ran = await run(project, process.execPath, made);
    expect(ran, ran.stderr).toMatchObject(WAITED);
  });

  it("is tested by node:test with sinon's clock", async () => {
    const { code, stdout, stderr } = await run(project, process.execPath, "--test", "sinon.test.mjs");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/pass 1\b/);
  });

  it("is tested by vitest with its clock", async () => {
    const { code, stdout, stderr } = await run(project, binary("vitest"), "run", "vitest.test.mjs");
    expect(code, stdout + stderr).toBe(0);
  });
});

function binary(tool: string): string {
  return join(project, "node_modules/.bin", tool);
}
