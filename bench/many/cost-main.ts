import { writeFileSync } from "node:fs";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskSource } from "../../src/source.ts";
import type { Task } from "../../src/task/task.ts";
import { RIVALS, type RivalName } from "./rivals.ts";

/** What waiting itself costs, in real time: one process, no network. Run with `--expose-gc`. */
const COUNT = 100_000;
// A hundred thousand of their loops do not let this process come to rest.
const RIVAL_COUNT = 10_000;
const collect = globalThis.gc;
if (collect === undefined) {
  throw new Error("run with --expose-gc");
}

interface Cost {
  readonly who: string;
  readonly startMs: number;
  readonly heapBytes: number;
  readonly timers: number;
}

const timersHeld = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function running(taskId: string): Task {
  return { taskId, taskStatus: "RUNNING" };
}

async function idle(who: string, count: number, start: (taskId: string) => void): Promise<Cost> {
  const ids = Array.from({ length: count }, (_, index) => `t-${index}`);
  collect?.();
  const before = process.memoryUsage().heapUsed;
  const timersBefore = timersHeld();
  const fromUs = cpuUs();
  for (const id of ids) {
    start(id);
  }
  await pause(0);
  const startMs = (cpuUs() - fromUs) / 1000;
  await pause(1000);
  collect?.();
  const heapBytes = (process.memoryUsage().heapUsed - before) / count;
  const timers = timersHeld() - timersBefore;
  console.log(
    `${who.padEnd(12)} ${count} waits: started in ${startMs.toFixed(0)} ms of CPU, ${heapBytes.toFixed(0)} bytes of heap each, ${timers} timers`,
  );
  return { who, startMs, heapBytes, timers };
}

/** Processor time a poll, with so many waits in one waiter. */
async function perPoll(waits: number, perSecond: number, lastsMs: number): Promise<number> {
  let polls = 0;
  const source: TaskSource = {
    describe: async (taskId) => {
      polls++;
      return running(taskId);
    },
  };
  const waiter = new TaskWaiter({ source, rate: { perSecond }, batch: "never", maxIntervalMs: 1000 });
  const abort = new AbortController();
  for (let index = 0; index < waits; index++) {
    waiter.wait(`t-${index}`, { signal: abort.signal }).catch(() => {});
  }
  await pause(1500);
  const [fromUs, fromPolls] = [cpuUs(), polls];
  await pause(lastsMs);
  const us = (cpuUs() - fromUs) / (polls - fromPolls);
  abort.abort();
  await pause(100);
  return us;
}

const never: TaskSource = { describe: async (taskId) => running(taskId) };
const results: Cost[] = [];
{
  const abort = new AbortController();
  // All have been looked at once, or they would not be idle; so the source has a listing of them all.
  const source: TaskSource = { ...never };
  const waiter = new TaskWaiter({ source, rate: { perSecond: 1 } });
  results.push(
    await idle("taskwait", COUNT, (taskId) => {
      waiter.wait(taskId, { signal: abort.signal }).catch(() => {});
    }),
  );
  abort.abort();
  await pause(500);
}
const many = await perPoll(COUNT, 10_000, 5000);
const few = await perPoll(1000, 10_000, 5000);
console.log(`taskwait     CPU a poll: ${many.toFixed(0)} us at 100,000 waits, ${few.toFixed(0)} us at 1,000`);

for (const name of Object.keys(RIVALS) as RivalName[]) {
  const abort = new AbortController();
  const state = { isOver: false };
  results.push(
    await idle(name, RIVAL_COUNT, (taskId) => {
      const describe = async (): Promise<Task> =>
        state.isOver ? { taskId, taskStatus: "COMPLETE" } : running(taskId);
      void RIVALS[name](describe, name === "p-wait-for" ? abort.signal : new AbortController().signal).catch(
        () => {},
      );
    }),
  );
  state.isOver = true;
  abort.abort();
  await pause(3000);
}
const [ours] = results;
const faults = [
  ...(ours !== undefined && ours.startMs > 3000 ? [`started in ${ours.startMs.toFixed(0)} ms > 3000`] : []),
  ...(ours !== undefined && ours.heapBytes > 2048
    ? [`${ours.heapBytes.toFixed(0)} bytes a wait > 2048`]
    : []),
  ...(ours !== undefined && ours.timers > 2 ? [`${ours.timers} timers > 2`] : []),
  ...(many > 40 ? [`${many.toFixed(0)} us a poll > 40`] : []),
  ...(few > 80 ? [`${few.toFixed(0)} us a poll at 1,000 waits > 80`] : []),
];
const jsonFlag = process.argv.indexOf("--json");
const jsonFile = jsonFlag < 0 ? undefined : process.argv[jsonFlag + 1];
if (jsonFile !== undefined) {
  writeFileSync(jsonFile, `${JSON.stringify({ results, many, few, faults }, undefined, 2)}\n`);
}
console.log(faults.length === 0 ? "All thresholds met." : `Missed:\n  ${faults.join("\n  ")}`);
process.exit(faults.length === 0 ? 0 : 1);
