import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = join(root, "examples/own-client.mjs");
const run = promisify(execFile);

async function runAgainst(options: EmulatorOptions, env: Record<string, string> = {}): Promise<string> {
  const emulator = await startEmulator(options);
  try {
    const ran = run(process.execPath, [script], {
      env: { ...process.env, ...emulator.env, ...env },
      timeout: 30_000,
    });
    const { stdout } = await ran.catch((error: { stdout: string; stderr: string }) => ({
      stdout: error.stderr,
    }));
    return stdout;
  } finally {
    await emulator.stop();
  }
}

it("the client of one's own is readable, and at most forty lines", async () => {
  const lines = (await readFile(script, "utf8")).trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(40);
  // No line may do the work of two; the one header is that long by nature.
  expect(lines.filter((line) => line.length > 120)).toEqual([
    expect.stringMatching(/^ {2}headers\.authorization = /),
  ]);
});

it("a client of forty lines with a signature of its own starts a task and sees it end", async () => {
  const output = await runAgainst({ starts: { UPDATE_RESOURCES: { createdMs: 100, durationMs: 500 } } });
  expect(output).toMatch(/^t-[0-9a-z]{20} COMPLETE \{"resourceCounts":\[.+\]\} \(1 listed\)\n$/);
});

it("and is refused with a wrong secret", async () => {
  const output = await runAgainst({}, { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "wrong" });
  expect(output).toContain("UpdateResources: 400 SignatureDoesNotMatch");
});

/** What a snippet of a page says when it is run as plain JavaScript; one that needs more than the package is only read. */
async function faultOf(file: string, code: string): Promise<string | undefined> {
  const isWhole = !/from "vitest"|startMyService|myDriver/.test(code);
  await writeFile(
    file,
    isWhole ? `${code}\nprocess.exitCode ??= 0;\nsetImmediate(() => process.exit());\n` : code,
  );
  const isTest = code.includes('from "node:test"');
  const args = isWhole ? [...(isTest ? ["--test"] : []), file] : ["--check", file];
  return run(process.execPath, args, { timeout: 30_000 }).then(
    () => undefined,
    (error: { readonly stdout: string; readonly stderr: string }) => `${error.stderr}${error.stdout}`,
  );
}

it("the snippets of emulator.md and testing.md work in plain JavaScript", async () => {
  const folder = await mkdtemp(join(tmpdir(), "taskwait-pages-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/taskwait"));
  const faults: string[] = [];
  let count = 0;
  for (const page of ["emulator", "testing"]) {
    const text = await readFile(join(root, `docs/${page}.md`), "utf8");
    for (const [, code = ""] of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
      count += 1;
      const fault = await faultOf(join(folder, `${page}-${count}.mjs`), code);
      faults.push(...(fault === undefined ? [] : [`${page}.md, snippet ${count}: ${fault}`]));
    }
  }
  await rm(folder, { recursive: true });
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(7);
});
