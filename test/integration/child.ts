import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const DIST = pathToFileURL(join(import.meta.dirname, "../../dist/")).href;

/** How a child process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/**
 * Runs a script with the built package's names at hand (`taskwait` and `taskwait/testing`), until it exits by
 * itself. A script that does not is ended after `limitMs`, with SIGKILL as its signal.
 */
export function runChild(script: string, args: readonly string[] = [], limitMs = 30_000): Promise<ChildEnd> {
  const source = `
    import { TaskWaiter, waitForTask, waitForTasks } from "${DIST}index.js";
    import { scriptedSource } from "${DIST}testing/index.js";
    const ID = "t-child";
    const running = () => scriptedSource({ [ID]: ["RUNNING"] });
    const one = (script) => scriptedSource({ [ID]: script });
    ${script}
  `;
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    const child = spawn(process.execPath, [...args, "--input-type=module", "--eval", source], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output, tookMs: performance.now() - beganMs });
    });
  });
}
