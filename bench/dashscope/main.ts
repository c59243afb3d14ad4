import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { percent, Report } from "../many/report.ts";
import { Accounts } from "./accounts.ts";
import { drawDashscope } from "./plot.ts";
import { ENDED_BY_429, type Measured, measure, OURS, SURVIVORS } from "./run.ts";

const HELP = `Waits for DashScope's tasks over real HTTP, in real time (11 min): 20 calls a second, 429 beyond.

  --seeds N    default 3
  --json FILE  the numbers, for programs
  --svg FILE   lateness against calls`;

/** How many times less late than the best loop that survives a 429. */
const MIN_GAIN_SINGLE = 3;
const MIN_GAIN_LISTING = 20;
const MAX_THROTTLED = 0.01;
const SMALL = 200;
const LARGE = 1000;

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "3" },
    json: { type: "string" },
    svg: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => index + 1);
const report = new Report();
const measured: Measured[] = [];
{
  using accounts = new Accounts();
  // Each contestant has an account of its own, and all of them together hardly load a core.
  const small = [...OURS, ...SURVIVORS, ...ENDED_BY_429];
  measured.push(
    ...(await Promise.all(seeds.flatMap((seed) => small.map((one) => measure(one, accounts, seed, SMALL))))),
  );
  for (const seed of seeds) {
    // Their calls are a thousand a second: one seed at a time.
    const large = [...OURS.slice(1), ...SURVIVORS];
    measured.push(...(await Promise.all(large.map((one) => measure(one, accounts, seed, LARGE)))));
  }
}
for (const tasks of [SMALL, LARGE]) {
  tell(tasks);
  judge(tasks);
}
if (flags.svg !== undefined) {
  writeFileSync(flags.svg, `${await drawDashscope(measured)}\n`);
}
const { rows, failures } = report;
if (flags.json !== undefined) {
  writeFileSync(flags.json, `${JSON.stringify({ seeds, rows, failures }, undefined, 2)}\n`);
}
console.log(failures.length === 0 ? "\nAll thresholds met." : `\nMissed:\n  ${failures.join("\n  ")}`);
process.exit(failures.length === 0 ? 0 : 1);

function of(name: string, tasks: number): readonly Measured[] {
  return measured.filter((one) => one.name === name && one.tasks === tasks);
}

/** A line for each contestant: the median over the seeds, and from where to where it went. */
function tell(tasks: number): void {
  console.log(
    `\n${tasks} tasks of 5 to 30 s, begun at once; 20 calls/s (median of ${seeds.length} seeds, least..most)`,
  );
  for (const name of new Set(measured.filter((one) => one.tasks === tasks).map((one) => one.name))) {
    const runs = of(name, tasks);
    for (const one of runs) {
      report.add("dashscope", one);
    }
    console.log(
      `  ${name.padEnd(38)} ${spread(runs, "right", 0)} right, ${spread(runs, "calls", 1)} calls a task, ${percent(median(runs, "throttled"))} throttled, ${spread(runs, "meanLateS", 2)} s late, p99 ${spread(runs, "p99LateS", 1)} s`,
    );
  }
}

/**
 * Calls and losses in each seed by itself; how late, by the means over the seeds, because what a loop meets differs by a
 * third from seed to seed.
 */
function judge(tasks: number): void {
  const best = Math.min(...SURVIVORS.map(({ name }) => mean(of(name, tasks))));
  for (const [index, { name }] of OURS.entries()) {
    const runs = of(name, tasks);
    if (runs.length === 0) {
      continue;
    }
    const least = index === 0 ? MIN_GAIN_SINGLE : MIN_GAIN_LISTING;
    const gain = best / mean(runs);
    console.log(
      `  ${name}: ${gain.toFixed(1)} times less late than the best loop that survives, at least ${least}`,
    );
    report.expect(
      gain >= least,
      `${name}, ${tasks} tasks: ${gain.toFixed(1)} times less late than the best loop, not ${least}`,
    );
    for (const { seed, throttled, right } of runs) {
      const where = `${name}, ${tasks} tasks, seed ${seed}`;
      report.expect(throttled <= MAX_THROTTLED, `${where}: ${percent(throttled)} throttled`);
      report.expect(right === tasks, `${where}: ${tasks - right} waits lost`);
    }
  }
}

function mean(runs: readonly Measured[]): number {
  return runs.reduce((sum, { meanLateS }) => sum + meanLateS, 0) / runs.length;
}

function median(
  runs: readonly Measured[],
  field: "right" | "calls" | "throttled" | "meanLateS" | "p99LateS",
): number {
  return runs.map((one) => one[field]).sort((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
}

function spread(runs: readonly Measured[], field: Parameters<typeof median>[1], digits: number): string {
  const figures = runs.map((one) => one[field]).sort((a, b) => a - b);
  const [least = Number.NaN] = figures;
  return `${median(runs, field).toFixed(digits)} (${least.toFixed(digits)}..${(figures.at(-1) ?? Number.NaN).toFixed(digits)})`;
}
