import type { Task, TaskSource, TaskWaiterOptions } from "../../src/index.ts";
import { expectNothingLeft, HOUR_MS, makeWaiter, pass } from "./fake-time.ts";

/** A lag: what listings show never changes. */
export const FOREVER_MS: number = Number.POSITIVE_INFINITY;

/** A source that knows the truth. */
export interface LaggingSource extends TaskSource {
  readonly calls: { polls: number; pages: number };
  readonly ids: readonly string[];
  endsAtMs(taskId: string): number;
}

/** Tasks that end every `apartMs`; polls tell the truth, listings what it was `lagMs` ago. */
export function laggingSource(
  count: number,
  apartMs: number,
  lagMs: number,
  offsetMs?: number,
): LaggingSource {
  const beganMs = performance.now();
  const startTime = Math.floor(Date.now() / 1000);
  const calls = { polls: 0, pages: 0 };
  const ids = Array.from({ length: count }, (_, index) => `t-${index}`);
  const endsAtMs = (taskId: string): number => beganMs + apartMs * (1 + ids.indexOf(taskId));
  const asOf = (taskId: string, atMs: number): Task =>
    atMs < endsAtMs(taskId)
      ? { taskId, taskStatus: "RUNNING", startTime }
      : {
          taskId,
          taskStatus: "COMPLETE",
          startTime,
          completeTime: startTime + Math.floor((endsAtMs(taskId) - beganMs) / 1000),
        };
  return {
    calls,
    ids,
    endsAtMs,
    ...(offsetMs === undefined ? {} : { clockOffsetMs: () => offsetMs }),
    describe: async (taskId) => {
      calls.polls++;
      return asOf(taskId, performance.now());
    },
    list: async ({ taskStatus }) => {
      calls.pages++;
      const tasks = ids.map((id) => asOf(id, Math.max(beganMs, performance.now() - lagMs)));
      return { tasks: tasks.filter((task) => taskStatus === undefined || task.taskStatus === taskStatus) };
    },
  };
}

/** Waits for all; how late each end was noticed, in seconds, or how the wait ended otherwise. */
export async function lateness(
  source: LaggingSource,
  options: Partial<TaskWaiterOptions>,
): Promise<(number | string)[]> {
  const waiter = makeWaiter(source, options);
  const noticed = source.ids.map((id) =>
    waiter
      .wait(id)
      .outcome.then(({ kind }) =>
        kind === "complete" ? (performance.now() - source.endsAtMs(id)) / 1000 : kind,
      ),
  );
  await pass(3 * HOUR_MS);
  expectNothingLeft(waiter);
  return await Promise.all(noticed);
}

/** Of numbers only. */
export const mean = (values: readonly (number | string)[]): number =>
  values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length;
