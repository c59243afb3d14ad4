import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { presets } from "../../src/apis/presets.ts";
import { cleanEnvironment, LIBRARY, MAIN, startProcess } from "./harness/command.ts";
import { ownFolder } from "./harness/files.ts";
import { startedEmulators } from "./started-emulators.ts";

const folder = ownFolder();
const start = startedEmulators({
  apis: [presets["rds-task"]],
  tasks: [{ taskId: "t-1", durationMs: 0 }],
});
const PRESET = presets["rds-task"].about?.documented?.[0] ?? expect.fail();

/** The loaded modules that are JMESPath, import it, or hold a preset. */
function declaredOf(urls: readonly string[]): readonly string[] {
  return urls.filter((url) => {
    const text = url.includes("/dist/") ? readFileSync(fileURLToPath(url), "utf8") : "";
    return /jmespath/.test(url) || /from "@jmespath/.test(text) || text.includes(PRESET);
  });
}

/** The modules that a process has loaded by its end: Node's own record of what it has run. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const { env } = await start();
  const into = mkdtempSync(join(folder, "run-"));
  const child = startProcess(process.execPath, args, {
    ...cleanEnvironment(env),
    NODE_V8_COVERAGE: into,
  });
  expect(await child.done).toMatchObject({ code: 0 });
  return readdirSync(into).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(into, name), "utf8")) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
}

describe("a wait on BDRC loads neither JMESPath nor a preset", () => {
  test("by the command; one on a declared API does", async () => {
    const [own, declared] = await Promise.all([loadedBy([MAIN, "t-1"]), loadedBy([MAIN, "rds-task:t-1"])]);
    expect(own.some((url) => url.endsWith("/dist/chunks/wait-command.js"))).toBe(true);
    expect(declaredOf(own)).toEqual([]);
    expect(declaredOf(declared).some((url) => url.endsWith("/dist/apis/index.js"))).toBe(true);
    expect(declaredOf(declared).some((url) => url.includes("/node_modules/"))).toBe(true);
  });

  test("by the library", async () => {
    const script = `
      const { waitForTask } = await import(${JSON.stringify(LIBRARY)});
      const { taskStatus } = await waitForTask("t-1");
      process.exitCode = taskStatus === "COMPLETE" ? 0 : 1;`;
    const loaded = await loadedBy(["--input-type=module", "--eval", script]);
    expect(loaded.some((url) => url.endsWith("/dist/index.js"))).toBe(true);
    expect(declaredOf(loaded)).toEqual([]);
  });
});
