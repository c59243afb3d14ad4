import { parentPort, workerData } from "node:worker_threads";
import { DURATION_MODELS } from "./durations.ts";
import { loadRivals } from "./rivals.ts";
import { measureModel } from "./suite.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What a worker is started with. */
export interface ModelWorkerData {
  readonly seed: number;
  readonly count: number;
}

const { seed, count } = workerData as ModelWorkerData;
const rivals = await loadRivals();

// A thread of its own, because virtual time replaces the clocks of a whole thread.
parentPort?.on("message", async (name: string) => {
  const model = DURATION_MODELS.find((candidate) => candidate.name === name);
  if (model === undefined) {
    throw new Error(`no duration model ${name}`);
  }
  const time = new VirtualTime();
  try {
    parentPort?.postMessage(await measureModel(time, rivals, { model, seed, count }));
  } finally {
    time.end();
  }
});
