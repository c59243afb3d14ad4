import { CALL_PRICE_S, costOf, runFleet } from "./fleet-run.ts";
import type { Report } from "./report.ts";

const SEEDS = 20;
const MAX_RATIO = 1.25;
const MAX_REAL_S = 120;

/** Few tasks: never much dearer than the better of single polls only and listings only. */
export async function tellSmallFleets(report: Report, seed: number): Promise<void> {
  console.log(`\nSmall fleets: cost = ${CALL_PRICE_S} s a call + lateness, ${SEEDS} seeds`);
  for (const tasks of [1, 2, 5, 10, 30]) {
    const meanCost = async (batch: "auto" | "never" | "always"): Promise<number> => {
      let cost = 0;
      for (let each = 0; each < SEEDS; each++) {
        const spec = {
          seed: seed + each,
          tasks,
          medianS: 120,
          progress: "noisy",
          quota: { limit: 20 },
          rttMs: 100,
        } as const;
        cost += costOf(await runFleet({ batch }, spec, MAX_REAL_S)) / SEEDS;
      }
      return cost;
    };
    const [auto, never, always] = [await meanCost("auto"), await meanCost("never"), await meanCost("always")];
    const ratio = auto / Math.min(never, always);
    report.add("small", { tasks, auto, never, always, ratio });
    console.log(
      `    N = ${tasks}: auto ${auto.toFixed(2)}, single only ${never.toFixed(2)}, listings only ${always.toFixed(2)}; ratio ${ratio.toFixed(2)}`,
    );
    report.expect(
      ratio <= MAX_RATIO,
      `N = ${tasks}: cost ${ratio.toFixed(2)} > ${MAX_RATIO} of the better of the two`,
    );
  }
}
