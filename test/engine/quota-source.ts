import { type Quota, QuotaLimiter } from "../../src/emulator/access/quota.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import type { Task, TaskSource } from "../../src/index.ts";
import { BdrcApiError } from "../../src/task/errors.ts";

const ACCOUNT = "a";
const PAGE_SIZE = 50;
const LATENCY_MS = 20;

/** When a call came, and whether the quota refused it. */
export interface QuotaCall {
  readonly atMs: number;
  readonly throttled: boolean;
}

/** A service of tasks that complete at their times, with the emulator's quota, under fake timers. */
export interface QuotaSource extends TaskSource {
  readonly calls: readonly QuotaCall[];
  list: NonNullable<TaskSource["list"]>;
}

/** Makes the service. Every call takes 20 ms; a share of `unavailable` of them is answered with 503. */
export function quotaSource(
  durationsMs: ReadonlyMap<string, number>,
  quota: Quota,
  { unavailable = 0, seed = 1 }: { readonly unavailable?: number; readonly seed?: number } = {},
): QuotaSource {
  const limiter = new QuotaLimiter(quota, {});
  const random = seededRandom(seed);
  const beganMs = Date.now();
  const calls: QuotaCall[] = [];
  const taskOf = (taskId: string): Task => {
    const isOver = Date.now() >= beganMs + (durationsMs.get(taskId) ?? 0);
    return { taskId, taskStatus: isOver ? "COMPLETE" : "RUNNING", startTime: beganMs };
  };
  const call = async <T>(action: "DescribeTask" | "DescribeTasks", answer: () => T): Promise<T> => {
    const refusal = limiter.enter(ACCOUNT, action, Date.now());
    calls.push({ atMs: Date.now(), throttled: refusal !== undefined });
    try {
      await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
      if (refusal !== undefined) {
        throw new BdrcApiError("flow control", { httpStatus: 400, apiCode: "Throttling.User" });
      }
      if (random() < unavailable) {
        throw new BdrcApiError("busy", { httpStatus: 503, apiCode: "ServiceUnavailable" });
      }
      return answer();
    } finally {
      if (refusal === undefined) {
        limiter.leave(ACCOUNT, action);
      }
    }
  };
  return {
    calls,
    describe: (taskId) => call("DescribeTask", () => taskOf(taskId)),
    list: ({ taskStatus, nextToken = "0", maxResults = PAGE_SIZE }) =>
      call("DescribeTasks", () => {
        const all = [...durationsMs.keys()]
          .map(taskOf)
          .filter((task) => taskStatus === undefined || task.taskStatus === taskStatus);
        const end = Number(nextToken) + maxResults;
        const tasks = all.slice(Number(nextToken), end);
        return end < all.length ? { tasks, nextToken: String(end) } : { tasks };
      }),
  };
}
