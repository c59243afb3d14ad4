import { type Contestant, type FleetResult, runFleet } from "./fleet-run.ts";
import { percent, type Report } from "./report.ts";
import { AGAINST_OTHERS, FLEET_CASES, type FleetCase, missed, serviceOf } from "./targets.ts";

/** What is run and what is not. */
export interface FleetChoice {
  readonly seed: number;
  /** Only the cases whose name holds it. */
  readonly only: string;
  /** The cases that take minutes each, too. */
  readonly isFull: boolean;
  readonly hasOthers: boolean;
}

/** A run is cut after so many seconds of this machine. */
const MAX_REAL_S = 120;
const MAX_REAL_FULL_S = 1800;

/** Fleets of tasks: ours with listings and without, a shared limiter, and the published code of others. */
export async function tellFleets(report: Report, choice: FleetChoice): Promise<void> {
  console.log("\nFleets: calls a task, throttled, lateness in seconds");
  const { seed, only, isFull, hasOthers } = choice;
  for (const each of FLEET_CASES.filter(({ name, isLong }) => name.includes(only) && (isFull || !isLong))) {
    console.log(each.name);
    const run = async (name: string, who: Contestant): Promise<FleetResult> => {
      const isOurs = "batch" in who;
      const result = await runFleet(
        who,
        serviceOf(each, seed),
        isOurs && isFull ? MAX_REAL_FULL_S : MAX_REAL_S,
      );
      report.add("fleet", { case: each.name, who: name, ...result });
      console.log(`    ${name.padEnd(14)} ${figuresOf(result)}`);
      return result;
    };
    const { waitPriceMs, processes } = each;
    const terms = {
      ...(waitPriceMs === undefined ? {} : { waitPriceMs }),
      ...(processes === undefined ? {} : { processes }),
    };
    const ours = await run("with listings", { batch: "auto", ...terms });
    for (const fault of missed(each, ours)) {
      report.expect(false, `${each.name}: ${fault}`);
    }
    if (each.spec.tasks <= 1000) {
      const single = await run("single only", { batch: "never", ...terms });
      if (hasOthers && each.fifoPerSecond !== undefined) {
        const fifo = await run("shared FIFO", { fifoPerSecond: each.fifoPerSecond });
        expectFaster(report, each, single, fifo);
      }
    }
    if (hasOthers) {
      await tellRivals(report, each, ours, run);
    }
  }
}

function figuresOf({ calls, throttled, mean, p50, p99, failed, took, isCut }: FleetResult): string {
  const lateness = `mean ${mean.toFixed(2)}, p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}`;
  const end = isCut ? ", cut" : "";
  return `${calls.toFixed(2)} calls, ${percent(throttled)}, ${lateness}, ${failed} wrong${end} (${took.toFixed(0)} s)`;
}

function expectFaster(report: Report, { name }: FleetCase, single: FleetResult, fifo: FleetResult): void {
  const times = fifo.mean / single.mean;
  console.log(`        single only is ${times.toFixed(1)} times as quick as the shared FIFO`);
  report.expect(
    times >= AGAINST_OTHERS.fifo,
    `${name}: single only ${times.toFixed(2)} times as quick as FIFO, not ${AGAINST_OTHERS.fifo}`,
  );
}

async function tellRivals(
  report: Report,
  each: FleetCase,
  ours: FleetResult,
  run: (name: string, who: Contestant) => Promise<FleetResult>,
): Promise<void> {
  const results: FleetResult[] = [];
  for (const rival of each.rivals ?? []) {
    const result = await run(rival, { rival });
    results.push(result);
    const { late, calls, throttled } = timesOurs(result, ours);
    console.log(
      `        against ours: ${late.toFixed(0)}x as late, ${calls.toFixed(0)}x the calls, ${throttled.toFixed(0)}x throttled (ours: ${ours.throttledCalls})`,
    );
  }
  // The best is who notices soonest: that is what one waits for.
  const [best] = results.filter(({ isCut }) => !isCut).sort((a, b) => a.mean - b.mean);
  if (each.isJudgedByRivals && best !== undefined) {
    const times = timesOurs(best, ours);
    for (const what of ["late", "calls", "throttled"] as const) {
      const least = AGAINST_OTHERS[what];
      report.expect(
        times[what] >= least,
        `${each.name}: the best rival's ${what} ${times[what].toFixed(1)} times ours, not ${least}`,
      );
    }
  }
}

/** How many times ours a rival's figures are. */
function timesOurs(rival: FleetResult, ours: FleetResult): Record<"late" | "calls" | "throttled", number> {
  return {
    late: rival.mean / ours.mean,
    calls: rival.calls / ours.calls,
    throttled: rival.throttledCalls / Math.max(1, ours.throttledCalls),
  };
}
