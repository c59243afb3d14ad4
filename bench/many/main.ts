import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { installVirtualTime } from "./virtual-time.ts";

installVirtualTime();
// What is measured reads the clocks when it is loaded.
const { runCrowd } = await import("./crowd-run.ts");
const { CROWD_CASES, missed } = await import("./targets.ts");
const { PACERS } = await import("./pacers.ts");
const { RATE_SCENARIOS } = await import("./rate-scenarios.ts");
const { runRate } = await import("./rate-run.ts");

const HELP = `Waits for crowds of tasks behind a hidden quota, in virtual time with the real engine.

  --seed N     default 1
  --json FILE  the numbers, for programs
  --full       the cases that take minutes each, too
  --only TEXT  only the cases whose name holds it
  --no-rate    without the table of rate controllers
  --no-rivals  without the published code of others`;

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    full: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    "no-rate": { type: "boolean", default: false },
    "no-rivals": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const seed = Number(flags.seed);
const MOST_REAL_S = flags.full ? 1200 : 120;
const failures: string[] = [];
const report: Record<string, unknown>[] = [];

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

async function rates(): Promise<void> {
  console.log("\nRate control: quota used / throttled / seconds to 80 % / Jain");
  for (const scenario of RATE_SCENARIOS.filter(({ name }) => name.includes(flags.only))) {
    const cells: string[] = [];
    for (const [name, make] of Object.entries(PACERS)) {
      const result = await runRate(make, scenario, seed);
      report.push({ table: "rate", scenario: scenario.name, pacer: name, ...result });
      const { used, throttled, reached80S, jain } = result;
      cells.push(
        `${name}: ${percent(used)} / ${percent(throttled)} / ${reached80S ?? "never"} / ${jain.toFixed(2)}`,
      );
      const { target } = scenario;
      const isMissed =
        target !== undefined &&
        (used < target.leastUsed ||
          throttled > target.mostThrottled ||
          (target.most80S !== undefined && (reached80S ?? 999) > target.most80S) ||
          jain < (target.leastJain ?? 0));
      if (name === "taskwait" && isMissed) {
        failures.push(`rate, ${scenario.name}: ${cells.at(-1)}`);
      }
    }
    console.log(`${scenario.name}\n    ${cells.join("\n    ")}`);
  }
}

async function crowds(): Promise<void> {
  console.log("\nCrowds: calls a task, throttled, lateness in seconds");
  for (const each of CROWD_CASES.filter(
    ({ name, isLong }) => name.includes(flags.only) && (flags.full || !isLong),
  )) {
    const spec = { seed, rttMs: 100, progress: "noisy", ...each.spec } as const;
    const hasRivals = !flags["no-rivals"] && spec.tasks === 1000 && each.name.endsWith("2 min, R = 20");
    const contestants = [
      ["with listings", { batch: "auto" }],
      ...(spec.tasks > 1000 ? [] : ([["single only", { batch: "never" }]] as const)),
      ...(hasRivals
        ? ([
            ["smithy", { rival: "smithy" }],
            ["core-lro", { rival: "core-lro" }],
          ] as const)
        : []),
    ] as const;
    console.log(each.name);
    let ours: Awaited<ReturnType<typeof runCrowd>> | undefined;
    for (const [name, who] of contestants) {
      const result = await runCrowd(who, spec, MOST_REAL_S);
      report.push({ table: "crowd", case: each.name, who: name, ...result });
      const { calls, throttled, mean, p50, p99, failed, took, isCut } = result;
      console.log(
        `    ${name.padEnd(14)} ${calls.toFixed(2)} calls, ${percent(throttled)}, mean ${mean.toFixed(2)}, p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, ${failed} wrong${isCut ? ", cut" : ""} (${took.toFixed(0)} s)`,
      );
      if (name === "with listings") {
        ours = result;
        failures.push(...missed(each, result).map((what) => `${each.name}: ${what}`));
      } else if (ours !== undefined && "rival" in who) {
        const [late, cost] = [mean / ours.mean, calls / ours.calls];
        console.log(`        against ours: ${late.toFixed(0)}x as late, ${cost.toFixed(0)}x the calls`);
      }
    }
  }
}

/** Few tasks: never much dearer than the better of single looks only and listings only. */
async function smallCrowds(): Promise<void> {
  console.log("\nSmall crowds: cost = 0.5 s a call + lateness, 20 seeds");
  for (const tasks of [1, 2, 5, 10, 30]) {
    const costs: number[] = [];
    for (const batch of ["auto", "never", "always"] as const) {
      let cost = 0;
      for (let each = 0; each < 20; each++) {
        const spec = {
          seed: seed + each,
          tasks,
          medianS: 120,
          progress: "noisy",
          quota: { limit: 20 },
          rttMs: 100,
        } as const;
        const { calls, mean } = await runCrowd({ batch }, spec, MOST_REAL_S);
        cost += (0.5 * calls + mean) / 20;
      }
      costs.push(cost);
    }
    const [auto = 0, never = 0, always = 0] = costs;
    const ratio = auto / Math.min(never, always);
    report.push({ table: "small", tasks, auto, never, always, ratio });
    console.log(
      `    N = ${tasks}: auto ${auto.toFixed(2)}, single only ${never.toFixed(2)}, listings only ${always.toFixed(2)}; ratio ${ratio.toFixed(2)}`,
    );
    if (ratio > 1.25) {
      failures.push(`N = ${tasks}: cost ${ratio.toFixed(2)} > 1.25 of the better of the two`);
    }
  }
}

if (!flags["no-rate"]) {
  await rates();
}
await crowds();
if (flags.only === "") {
  await smallCrowds();
}
if (flags.json !== undefined) {
  writeFileSync(flags.json, `${JSON.stringify({ seed, report, failures }, undefined, 2)}\n`);
}
console.log(failures.length === 0 ? "\nAll thresholds met." : `\nMissed:\n  ${failures.join("\n  ")}`);
process.exit(failures.length === 0 ? 0 : 1);
