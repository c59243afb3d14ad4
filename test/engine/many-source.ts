import type { Task, TaskSource } from "../../src/index.ts";

/** One call of a {@link manySource}. */
export interface ManyCall {
  readonly taskIds: readonly string[];
  readonly atMs: number;
  readonly signal: AbortSignal | undefined;
  answer(tasks: readonly unknown[]): void;
  fail(error: unknown): void;
}

/** A source that takes several ids in a call. The test answers its calls, at once or by hand. */
export interface ManySource extends TaskSource {
  readonly calls: readonly ManyCall[];
  /** How often the calls asked for this task. */
  asked(taskId: string): number;
}

/**
 * Makes the source.
 *
 * @param reply - Answers a call at once; without it the test does. It may throw.
 */
export function manySource(
  maxIds: number,
  reply?: (taskIds: readonly string[]) => readonly unknown[],
): ManySource {
  const calls: ManyCall[] = [];
  const call = (taskIds: readonly string[], signal: AbortSignal | undefined): Promise<readonly unknown[]> =>
    new Promise((resolve, reject) => {
      calls.push({ taskIds, atMs: Date.now(), signal, answer: resolve, fail: reject });
      if (reply !== undefined) {
        resolve(reply(taskIds));
      }
    });
  return {
    maxIds,
    calls,
    asked: (taskId) => calls.filter(({ taskIds }) => taskIds.includes(taskId)).length,
    describe: async (taskId, { signal }) => {
      const [task] = await call([taskId], signal);
      if (task === undefined) {
        throw Object.assign(new Error("no such task"), { httpStatus: 404 });
      }
      return task as Task;
    },
    describeMany: async (taskIds, { signal }) => (await call(taskIds, signal)) as readonly Task[],
  };
}
