import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskSource } from "../../src/task/source.ts";
import { seeded, seedOf } from "../single/seeded.ts";
import { jainIndex } from "./jain.ts";
import { percent, type Report } from "./report.ts";
import { Service } from "./service.ts";
import { runUntil, virtualNowMs } from "./virtual-time.ts";

const LASTS_S = 600;
const PER_SECOND = 20;
const TASKS_EACH = 1000;
const TARGET = { leastUsed: 0.85, leastJain: 0.95, mostThrottled: 0.03 };

/**
 * Whole engines, in processes of their own, on one account: each has more tasks to poll than the quota allows
 * polls, and knows nothing of the others.
 */
export async function tellProcesses(report: Report, seed: number): Promise<void> {
  console.log(
    `\nProcesses on one account, single polls, R = ${PER_SECOND}: quota used / throttled / Jain, ${LASTS_S} s`,
  );
  for (const processes of [1, 2, 3]) {
    const { used, throttled, jain } = await runProcesses(processes, seed);
    report.add("processes", { processes, used, throttled, jain });
    const figures = `${percent(used)} / ${percent(throttled)} / ${jain.toFixed(3)}`;
    console.log(`    ${processes}: ${figures}`);
    const holds = used >= TARGET.leastUsed && throttled <= TARGET.mostThrottled && jain >= TARGET.leastJain;
    report.expect(holds, `${processes} processes: ${figures}`);
  }
}

async function runProcesses(
  processes: number,
  seed: number,
): Promise<Record<"used" | "throttled" | "jain", number>> {
  const service = new Service({
    seed,
    tasks: TASKS_EACH * processes,
    // None ends within the run: what there is to ask stays the same.
    medianS: 1e6,
    progress: "none",
    quota: { limit: PER_SECOND },
    rttMs: 100,
  });
  const beganMs = virtualNowMs();
  const counts = new Array<number>(processes).fill(0);
  const abort = new AbortController();
  for (let index = 0; index < processes; index++) {
    const source: TaskSource = {
      describe: async (taskId) => {
        const task = await service.describe(taskId);
        // The second half: by then it is no matter who came first.
        if (virtualNowMs() - beganMs > 500 * LASTS_S) {
          counts[index] = (counts[index] as number) + 1;
        }
        return task;
      },
    };
    const random = seeded(seedOf(seed, "process", index));
    const waiter = new TaskWaiter({ source, random, timeoutMs: 86_400_000 });
    for (const { taskId } of service.entries.slice(index * TASKS_EACH, (index + 1) * TASKS_EACH)) {
      waiter.wait(taskId, { signal: abort.signal }).catch(() => {});
    }
    // No two processes begin at the same moment.
    await runUntil(virtualNowMs() + 137);
  }
  await runUntil(beganMs + 1000 * LASTS_S);
  const { describe, throttled } = service.counts;
  abort.abort();
  await runUntil(virtualNowMs() + 60_000);
  return {
    used: (describe - throttled) / (PER_SECOND * LASTS_S),
    throttled: throttled / describe,
    jain: jainIndex(counts),
  };
}
