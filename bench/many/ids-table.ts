import { type FleetResult, runFleet } from "./fleet-run.ts";
import { percent, type Report } from "./report.ts";

/** A fleet, and what polling it must come to for each number of ids a call. */
interface IdsCase {
  readonly name: string;
  readonly tasks: number;
  readonly betweenS: readonly [number, number];
  readonly targets: Readonly<Record<number, { readonly mean?: number; readonly calls?: number }>>;
  /** How many times less late than polls of one id each the others must be. */
  readonly timesBetter?: number;
}

const CASES: readonly IdsCase[] = [
  {
    name: "200 tasks of 5 to 30 s",
    tasks: 200,
    betweenS: [5, 30],
    targets: { 1: {}, 10: { mean: 0.9 }, 30: { mean: 0.6 }, 100: { mean: 0.4 } },
  },
  {
    name: "1,000 tasks of 1 to 10 min",
    tasks: 1000,
    betweenS: [60, 600],
    targets: {
      1: {},
      10: { mean: 3, calls: 6.6 },
      30: { mean: 1.8, calls: 4.7 },
      100: { mean: 1, calls: 2.9 },
    },
  },
  {
    name: "10,000 tasks of 1 to 10 min",
    tasks: 10_000,
    betweenS: [60, 600],
    targets: { 1: {}, 30: {} },
    timesBetter: 5,
  },
];

const SEED_STEPS = [0, 6, 10];
const MAX_REAL_S = 600;

/** Many ids in one call, without listings and progress: ours behind a hidden quota of 20 calls a second. */
export async function tellIds(report: Report, seed: number, only: string): Promise<void> {
  const seeds = SEED_STEPS.map((step) => seed + step);
  console.log(
    `\nMany ids in a call, R = 20, no progress, seeds ${seeds.join(", ")}: lateness in seconds, calls a task, throttled`,
  );
  for (const { name, tasks, betweenS, targets, timesBetter } of CASES.filter((each) =>
    each.name.includes(only),
  )) {
    console.log(name);
    let alone: number | undefined;
    for (const [ids, target] of Object.entries(targets)) {
      const results: FleetResult[] = [];
      for (const each of seeds) {
        const quota = { limit: 20 };
        const rttMs = 100;
        const spec = { seed: each, tasks, medianS: 0, betweenS, maxIds: Number(ids), quota, rttMs };
        results.push(await runFleet({ batch: "never" }, { ...spec, progress: "none" }, MAX_REAL_S));
      }
      const mean = spreadOf(results.map((result) => result.mean));
      const calls = spreadOf(results.map((result) => result.calls));
      const throttled = Math.max(...results.map((result) => result.throttled));
      report.add("ids", { case: name, ids: Number(ids), mean, calls, throttled });
      console.log(
        `    ${ids.padStart(3)} ids: mean ${written(mean)}, ${written(calls)} calls, at most ${percent(throttled)}`,
      );
      for (const [what, spread] of Object.entries({ mean, calls })) {
        const most = target[what as "mean" | "calls"] ?? Number.POSITIVE_INFINITY;
        report.expect(spread.mean <= most, `${name}, ${ids} ids: ${what} ${written(spread)} > ${most}`);
      }
      report.expect(
        results.every(({ failed, isCut }) => failed === 0 && !isCut),
        `${name}, ${ids} ids: a wait ended wrongly or not at all`,
      );
      alone ??= mean.mean;
      const times = alone / mean.mean;
      report.expect(
        ids === "1" || times >= (timesBetter ?? 0),
        `${name}, ${ids} ids: ${times.toFixed(1)} times less late than single polls, not ${timesBetter}`,
      );
    }
  }
}

interface Spread {
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { least: Math.min(...values), mean, most: Math.max(...values) };
}

function written({ least, mean, most }: Spread): string {
  return `${mean.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
