import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { CALL_PRICE_S } from "./fleet-run.ts";
import { ABLATION_CASES, KNOBS } from "./knobs.ts";
import type { Report } from "./report.ts";

/** By case, in seconds a task. */
type Costs = Readonly<Record<string, number>>;

// Smaller than this nothing is worse, whatever all seeds agree on.
const MIN_SHARE = 0.005;

/**
 * What each tuning constant is good for: the cost of a task, its calls and its lateness, when it is changed, against
 * the same seed without the change. One that is worse in no case on all seeds is to go, with its code.
 */
export function tellAblation(report: Report, seeds: readonly number[], only: string): void {
  console.log(
    `\nAblation: cost = ${CALL_PRICE_S} s a call + lateness, change in %, mean (least to most) of seeds ${seeds}`,
  );
  const base = seeds.map((seed) => costsOf(seed));
  for (const name of ABLATION_CASES) {
    console.log(`    ${name.padEnd(40)} ${base.map((costs) => costs[name]?.toFixed(3)).join(", ")} s`);
  }
  for (const [index, knob] of KNOBS.entries()) {
    if (!knob.name.includes(only)) {
      continue;
    }
    const changed = seeds.map((seed) => costsOf(seed, index));
    const cells = ABLATION_CASES.map((name) => {
      const shares = changed.map((costs, at) => shareOf(costs[name], base[at]?.[name]));
      report.add("ablation", { knob: knob.name, case: name, shares });
      return shares;
    });
    const isUseful = cells.some((shares) => !(Math.min(...shares) <= MIN_SHARE));
    console.log(`${isUseful ? "pays" : "NO USE"}  ${knob.name}\n        ${cells.map(cellOf).join("  ")}`);
  }
}

function costsOf(seed: number, knob?: number): Costs {
  const script = join(import.meta.dirname, "ablated-run.js");
  const args = [script, String(seed), ...(knob === undefined ? [] : [String(knob)])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Costs;
}

function shareOf(changed: number | null = Number.NaN, base: number | null = Number.NaN): number {
  return (changed ?? Number.NaN) / (base ?? Number.NaN) - 1;
}

function cellOf(shares: readonly number[]): string {
  const mean = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  const text = (share: number): string => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}`;
  return `${text(mean)} (${text(Math.min(...shares))} to ${text(Math.max(...shares))})`;
}
