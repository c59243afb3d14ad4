import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How long the command takes to say something short, against Node itself. */
export interface Startup {
  readonly name: string;
  readonly medianMs: number;
  /** The same for `node -e 0`. */
  readonly nodeMs: number;
  readonly ratio: number;
}

const RUNS = 20;
// The built command, from bench/.build/bench/engine.
const MAIN = fileURLToPath(new URL("../../../../dist/cli/main.js", import.meta.url));

/** Whole processes in turn, so that a machine whose speed drifts is fair to all. */
export function measureStartup(flags: readonly string[]): readonly Startup[] {
  const node: number[] = [];
  const command = flags.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) {
    node.push(wallMs(["-e", "0"]));
    for (const [index, flag] of flags.entries()) {
      command[index]?.push(wallMs([MAIN, flag]));
    }
  }
  const nodeMs = median(node);
  return flags.map((name, index) => {
    const medianMs = median(command[index] ?? []);
    return { name, medianMs, nodeMs, ratio: medianMs / nodeMs };
  });
}

function wallMs(args: readonly string[]): number {
  const begunMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (status !== 0) {
    throw new Error(`node ${args.join(" ")} ended with ${status}: is dist/ built?`);
  }
  return performance.now() - begunMs;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
