import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";

const script = fileURLToPath(new URL("../../examples/own-client.mjs", import.meta.url));

async function runAgainst(options: EmulatorOptions, env: Record<string, string> = {}): Promise<string> {
  const emulator = await startEmulator(options);
  try {
    const run = promisify(execFile)(process.execPath, [script], {
      env: { ...process.env, ...emulator.env, ...env },
      timeout: 30_000,
    });
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => ({
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
