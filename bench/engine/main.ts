import { load } from "../single/load.ts";
import { DECISION_CASES, type DecisionCase } from "./decisions.ts";
import { measureStartup } from "./startup.ts";
import { measureWaiting } from "./waiting.ts";

const MAX_MICROSECONDS = 20;
const MAX_BYTES = 2048;
const MAX_STARTUP = { "--version": 1.25, "--help": 1.6 };
const MAX_WAIT_BYTES = 2048;
const MAX_TIMERS = 2;
const MAX_START_MS = 3000;
const MAX_POLL_MICROS = { 100000: 40, 1000: 80 };
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
for (const { who, waits, startMs, heapBytes, timers, pollMicros } of await measureWaiting()) {
  const isOurs = who === "taskwait";
  const holds =
    !isOurs ||
    ((startMs ?? 0) <= MAX_START_MS &&
      (heapBytes ?? 0) <= MAX_WAIT_BYTES &&
      (timers ?? 0) <= MAX_TIMERS &&
      (pollMicros ?? 0) <= MAX_POLL_MICROS[waits as keyof typeof MAX_POLL_MICROS]);
  isWithin &&= holds;
  const figures =
    pollMicros === undefined
      ? `started in ${startMs?.toFixed(0)} ms of CPU, ${heapBytes?.toFixed(0)} bytes of heap each, ${timers} timers`
      : `${pollMicros.toFixed(1)} us of CPU a poll`;
  console.log(`${isOurs ? verdict(holds) : "      "} ${who}, ${waits} waits: ${figures}`);
}
console.log(
  `limits: ${MAX_START_MS} ms, ${MAX_WAIT_BYTES} bytes, ${MAX_TIMERS} timers; ${MAX_POLL_MICROS[100_000]} us a poll of 100,000, ${MAX_POLL_MICROS[1000]} us of 1,000`,
);
// The rivals' last timers need no waiting for.
process.exit(isWithin ? 0 : 1);

function verdict(holds: boolean): string {
  return holds ? "ok    " : "FAILED";
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
