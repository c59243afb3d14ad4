import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskSource } from "../../src/task/source.ts";
import type { Task } from "../../src/task/task.ts";
import { RIVALS, type RivalName } from "../many/rivals.ts";

/** What waiting costs this process: real time, no network. */
export interface WaitingCost {
  readonly who: string;
  /** How many waits were started, or polled. */
  readonly waits: number;
  /** CPU time to start them all. */
  readonly startMs?: number;
  /** Heap of each while it waits for its next poll. */
  readonly heapBytes?: number;
  /** Timers that they hold, all together. */
  readonly timers?: number;
  /** CPU time of one poll and what was decided on it. */
  readonly pollMicros?: number;
}

const COUNT = 100_000;
// A hundred thousand of the rivals' loops do not let this process come to rest.
const RIVAL_COUNT = 10_000;
const FEW = 1000;
// Before these, what is measured is V8's compiling, of which rivals have less: they have less code.
const WARM_UP_POLLS = 10_000;
const MEASURED_MS = 4000;

type Start = (taskId: string, describe: () => Promise<Task>, signal: AbortSignal) => void;

/** Ours, then each rival's published code. Needs `--expose-gc`. */
export async function measureWaiting(): Promise<readonly WaitingCost[]> {
  const costs = [await idle("taskwait", COUNT, oursAt({ perSecond: 1 }))];
  costs.push(await polling("taskwait", COUNT, oursAt({ perSecond: 10_000 })));
  costs.push(await polling("taskwait", FEW, oursAt({ perSecond: 10_000 })));
  for (const name of Object.keys(RIVALS) as RivalName[]) {
    costs.push(await idle(name, RIVAL_COUNT, rivalAt(name)));
    costs.push(await polling(name, FEW, rivalAt(name, 1000)));
  }
  return costs;
}

function oursAt(rate: { readonly perSecond: number }): Start {
  let describeOne: (() => Promise<Task>) | undefined;
  const source: TaskSource = {
    describe: async (taskId) => ({ taskStatus: "RUNNING", ...(await describeOne?.()), taskId }),
  };
  const waiter = new TaskWaiter({ source, rate, batch: "never", maxIntervalMs: 1000 });
  return (taskId, describe, signal) => {
    describeOne = describe;
    waiter.wait(taskId, { signal }).catch(() => {});
  };
}

function rivalAt(name: RivalName, intervalMs?: number): Start {
  return (_taskId, describe, signal) => {
    RIVALS[name](describe, signal, intervalMs).catch(() => {});
  };
}

async function idle(who: string, waits: number, start: Start): Promise<WaitingCost> {
  const fleet = new Fleet();
  collect();
  const [heapBefore, timersBefore, fromMicros] = [process.memoryUsage().heapUsed, timersHeld(), cpuMicros()];
  fleet.start(waits, start);
  await pause(0);
  const startMs = (cpuMicros() - fromMicros) / 1000;
  await pause(1000);
  collect();
  const heapBytes = (process.memoryUsage().heapUsed - heapBefore) / waits;
  const timers = timersHeld() - timersBefore;
  await fleet.end();
  return { who, waits, startMs, heapBytes, timers };
}

async function polling(who: string, waits: number, start: Start): Promise<WaitingCost> {
  const fleet = new Fleet();
  fleet.start(waits, start);
  while (fleet.polls < WARM_UP_POLLS) {
    await pause(100);
  }
  const [fromMicros, fromPolls] = [cpuMicros(), fleet.polls];
  await pause(MEASURED_MS);
  const pollMicros = (cpuMicros() - fromMicros) / (fleet.polls - fromPolls);
  await fleet.end();
  return { who, waits, pollMicros };
}

/** Waits for tasks that run until everybody is sent home. */
class Fleet {
  polls = 0;
  readonly #abort = new AbortController();
  #isOver = false;

  constructor() {
    // Each wait of the rivals puts a listener of its own on the signal, of which Node warns.
    setMaxListeners(0, this.#abort.signal);
  }

  start(waits: number, start: Start): void {
    const describe = async (): Promise<Task> => {
      this.polls++;
      return { taskId: "t", taskStatus: this.#isOver ? "COMPLETE" : "RUNNING" };
    };
    for (let index = 0; index < waits; index++) {
      start(`t-${index}`, describe, this.#abort.signal);
    }
  }

  /** Not all of the rivals obey a signal between two polls; so the tasks end, too. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#abort.abort();
    await pause(3000);
  }
}

function timersHeld(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function collect(): void {
  if (globalThis.gc === undefined) {
    throw new Error("run with --expose-gc");
  }
  globalThis.gc();
}
