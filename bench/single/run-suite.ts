import { Worker } from "node:worker_threads";
import { DURATION_MODELS } from "./durations.ts";
import type { Measurement } from "./measurement.ts";
import type { ModelWorkerData } from "./model-worker.ts";

/** Measures all duration models, as many at a time as there are threads. */
export async function runSuite(
  data: ModelWorkerData,
  threads: number,
  onModel: (name: string) => void,
): Promise<readonly Measurement[]> {
  // The longest tasks take the longest to simulate, so they go first.
  const waiting = [...DURATION_MODELS].sort((a, b) => b.quantile(0.9) - a.quantile(0.9));
  const byModel = new Map<string, readonly Measurement[]>();
  await Promise.all(
    Array.from({ length: Math.min(threads, waiting.length) }, async () => {
      const worker = new Worker(new URL("./model-worker.js", import.meta.url), { workerData: data });
      try {
        for (let model = waiting.shift(); model !== undefined; model = waiting.shift()) {
          byModel.set(model.name, await ask(worker, model.name));
          onModel(model.name);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return DURATION_MODELS.flatMap(({ name }) => byModel.get(name) ?? []);
}

function ask(worker: Worker, model: string): Promise<readonly Measurement[]> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (measured: readonly Measurement[]) => {
      worker.off("error", reject);
      resolve(measured);
    });
    worker.postMessage(model);
  });
}
