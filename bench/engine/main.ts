import { load } from "../single/load.ts";
import { DECISION_CASES, type DecisionCase } from "./decisions.ts";
import { measureStartup } from "./startup.ts";
import { measureWaiting, type WaitingCost } from "./waiting.ts";

const MAX_MICROSECONDS = 20;
const MAX_BYTES = 2048;
const MAX_STARTUP = { "--version": 1.25, "--help": 1.6 };
const MAX_WAIT_BYTES = 2048;
const MAX_TIMERS = 2;
// Of core-lro's in the same run: microseconds are no measure on a shared machine.
const MAX_START_RATIO = 0.3;
const MAX_POLL_RATIO = 1.7;
// Few enough that no garbage is collected meanwhile, which would hide what was allocated.
const ROUND = 200;
const ROUNDS = 50;

interface TaskOfBench {
  readonly name: string;
  readonly result?: { readonly latency?: { readonly p50: number } };
}

interface BenchLibrary {
  readonly Bench: new (options: {
    readonly time: number;
  }) => {
    add(name: string, work: () => void): unknown;
    run(): Promise<readonly TaskOfBench[]>;
  };
}

const { Bench } = await load<BenchLibrary>("tinybench");
const bench = new Bench({ time: 1000 });
for (const { name, decide } of DECISION_CASES) {
  bench.add(name, () => {
    decide();
  });
}
const timed = await bench.run();

let isWithin = true;
for (const decisionCase of DECISION_CASES) {
  const p50Ms = timed.find(({ name }) => name === decisionCase.name)?.result?.latency?.p50 ?? Number.NaN;
  const bytes = allocatedBytes(decisionCase);
  const holds = 1000 * p50Ms <= MAX_MICROSECONDS && bytes <= MAX_BYTES;
  isWithin &&= holds;
  const microseconds = (1000 * p50Ms).toFixed(1);
  console.log(`${verdict(holds)} one decision, ${decisionCase.name}: ${microseconds} us, ${bytes} bytes`);
}
console.log(`limits: ${MAX_MICROSECONDS} us (median), ${MAX_BYTES} bytes`);
for (const { name, medianMs, nodeMs, ratio } of measureStartup(Object.keys(MAX_STARTUP))) {
  const holds = ratio <= MAX_STARTUP[name as keyof typeof MAX_STARTUP];
  isWithin &&= holds;
  console.log(
    `${verdict(holds)} taskwait ${name}: ${medianMs.toFixed(0)} ms, ${ratio.toFixed(2)} x node -e 0 (${nodeMs.toFixed(0)} ms)`,
  );
}
console.log(`limits: ${Object.values(MAX_STARTUP).join(" and ")} x (median of 20 processes)`);
const costs = await measureWaiting();
const rival = costs.filter(({ who }) => who === "core-lro");
const rivalStartMicros = rival.map(startMicros).find((micros) => micros !== undefined) ?? Number.NaN;
const rivalPollMicros = rival.map(({ pollMicros }) => pollMicros).find((micros) => micros !== undefined);
for (const cost of costs) {
  const { who, waits, heapBytes, timers, pollMicros } = cost;
  const isOurs = who === "taskwait";
  const startRatio = (startMicros(cost) ?? 0) / rivalStartMicros;
  const pollRatio = (pollMicros ?? 0) / (rivalPollMicros ?? Number.NaN);
  const holds =
    !isOurs ||
    (startRatio <= MAX_START_RATIO &&
      (heapBytes ?? 0) <= MAX_WAIT_BYTES &&
      (timers ?? 0) <= MAX_TIMERS &&
      pollRatio <= MAX_POLL_RATIO);
  isWithin &&= holds;
  const figures =
    pollMicros === undefined
      ? `started in ${startMicros(cost)?.toFixed(0)} us of CPU each (${startRatio.toFixed(2)} x core-lro), ${heapBytes?.toFixed(0)} bytes of heap each, ${timers} timers`
      : `${pollMicros.toFixed(1)} us of CPU a poll (${pollRatio.toFixed(2)} x core-lro)`;
  console.log(`${isOurs ? verdict(holds) : "      "} ${who}, ${waits} waits: ${figures}`);
}
console.log(
  `limits: a start ${MAX_START_RATIO} x core-lro's, a poll ${MAX_POLL_RATIO} x; ${MAX_WAIT_BYTES} bytes, ${MAX_TIMERS} timers`,
);
// The rivals' last timers need no waiting for.
process.exit(isWithin ? 0 : 1);

function verdict(holds: boolean): string {
  return holds ? "ok    " : "FAILED";
}

/** CPU time to start one wait. */
function startMicros({ waits, startMs }: WaitingCost): number | undefined {
  return startMs === undefined ? undefined : (1000 * startMs) / waits;
}

/** The median over rounds of what one decision allocates. */
function allocatedBytes({ decide }: DecisionCase): number {
  const collect = globalThis.gc;
  if (collect === undefined) {
    throw new Error("run with --expose-gc");
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    // A whole collection would also throw away optimised code, and what is measured then is its making.
    collect({ type: "minor" });
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < ROUND; i++) {
      decide();
    }
    return (process.memoryUsage().heapUsed - before) / ROUND;
  });
  return Math.round(rounds.sort((a, b) => a - b)[ROUNDS / 2] ?? Number.NaN);
}
