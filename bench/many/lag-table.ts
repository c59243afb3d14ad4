import { type FleetResult, runFleet } from "./fleet-run.ts";
import type { Report } from "./report.ts";

const LAGS_S = [0, 5, 30, 120, Number.POSITIVE_INFINITY];
const MAX_REAL_S = 600;
/** Seconds that a lag of 30 s may cost beside polls alone. */
const MAX_COST_S = 2;

/** Listings that lag behind polls: what that costs a fleet of a thousand, beside polls alone. */
export async function tellLags(report: Report, seed: number): Promise<void> {
  console.log("\nListings that lag: N = 1,000, 2 min, R = 20; calls a task, lateness in seconds");
  const run = async (name: string, batch: "auto" | "never", lagS: number): Promise<FleetResult> => {
    const base = { tasks: 1000, medianS: 120, quota: { limit: 20 }, rttMs: 100, progress: "noisy" } as const;
    const result = await runFleet({ batch }, { seed, ...base, listLagMs: 1000 * lagS }, MAX_REAL_S);
    const { calls, mean, p99, failed, took } = result;
    report.add("lag", { lagS, who: name, ...result });
    console.log(
      `    ${name.padEnd(16)} ${calls.toFixed(2)} calls, mean ${mean.toFixed(2)}, p99 ${p99.toFixed(2)}, ${failed} wrong (${took.toFixed(0)} s)`,
    );
    report.expect(failed === 0 && !result.isCut, `lag ${lagS} s: ${failed} waits ended wrongly`);
    return result;
  };
  const alone = await run("polls alone", "never", 0);
  for (const lagS of LAGS_S) {
    const { mean } = await run(`lag ${lagS} s`, "auto", lagS);
    report.expect(
      lagS > 30 || mean <= alone.mean + MAX_COST_S,
      `lag ${lagS} s: mean ${mean.toFixed(2)} s, polls alone ${alone.mean.toFixed(2)} s`,
    );
  }
}
