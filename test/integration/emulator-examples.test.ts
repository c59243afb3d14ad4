import { execFile } from "node:child_process";
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

it("a client of fifty lines with a signature of its own starts a task and sees it end", async () => {
  const output = await runAgainst({ starts: { UPDATE_RESOURCES: { createdMs: 100, durationMs: 500 } } });
  expect(output).toMatch(/^t-[0-9a-z]{20} COMPLETE \{"resourceCounts":\[.+\]\} \(1 listed\)\n$/);
});

it("and is refused with a wrong secret", async () => {
  const output = await runAgainst({}, { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "wrong" });
  expect(output).toContain("UpdateResources: 400 SignatureDoesNotMatch");
});
