import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskHistory } from "../../src/policy/forecast/history.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import { type AccountName, accountList } from "./account.ts";
import type { WaitCost } from "./decide-driver.ts";
import type { DurationModel } from "./durations.ts";
import { ESTIMATE_MODELS, type EstimateName } from "./estimate-models.ts";
import { PROGRESS_MODELS, type ProgressName } from "./progress-models.ts";
import type { Rival } from "./rivals.ts";
import { type Random, seeded, seedOf, stratified } from "./seeded.ts";
import { SimulatedService } from "./simulated-service.ts";
import type { SimulatedTask } from "./simulated-task.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One workload. */
export interface Workload {
  readonly seed: number;
  readonly model: DurationModel;
  readonly progress: ProgressName;
  /** Waits that are measured. */
  readonly count: number;
  /** What the first of them knows, and the later ones more; undefined makes every wait a first. */
  readonly history?: TaskHistory | undefined;
  readonly waitPriceMs?: number;
  /** How far the service's clock is ahead, and whether its callers learn of it. */
  readonly skewMs?: number;
  readonly isSkewKnown?: boolean;
  /** The service tells times to the millisecond. */
  readonly isExact?: boolean;
  /** What listings show; without it there are none. */
  readonly account?: AccountName;
  /** How the service estimates the time left; without it, not at all. */
  readonly estimate?: EstimateName;
  /** The wait begins while the task runs already, somewhere in its middle. */
  readonly isAttached?: boolean;
}

const TASK_TYPE = "SIMULATED";
const TASK_ID = "t-00000000000000000001";
// Who holds a call for cheap lets polls come closer than by default, and tells of a quota that has room for them: or
// the least gap, or the limiter, which begins at 5 calls a second for all waits together, would decide and not the price.
const USUAL_INTERVAL_MS = DEFAULT_WAIT_OPTIONS.minIntervalMs;
const AMPLE_RATE = { perSecond: 1000 };
const MAX_MS = 60 * 86_400_000;

/** What our own waits cost, and what they have taught. */
export interface OurWaits {
  readonly costs: readonly WaitCost[];
  readonly history: TaskHistory;
}

/** Our own engine on a workload. */
export async function measureOurs(time: VirtualTime, workload: Workload): Promise<OurWaits> {
  const { seed, model, progress, history, waitPriceMs, account, skewMs = 0, isSkewKnown = false } = workload;
  const random = seeded(seedOf(seed, model.name, progress, "ours"));
  const list =
    account === undefined
      ? undefined
      : accountList(account, TASK_TYPE, model, seeded(seedOf(seed, model.name, account)));
  const source = new SimulatedService(random, isSkewKnown ? skewMs : undefined, list);
  const price =
    waitPriceMs === undefined
      ? {}
      : waitPriceMs < USUAL_INTERVAL_MS
        ? { waitPriceMs, minIntervalMs: waitPriceMs, rate: AMPLE_RATE }
        : { waitPriceMs };
  const makeWaiter = (): TaskWaiter =>
    new TaskWaiter({ source, random, history, timeoutMs: MAX_MS, ...price });
  let waiter = makeWaiter();
  const costs = await time.run(
    eachTask(workload, random, async (task) => {
      waiter = history === undefined ? makeWaiter() : waiter;
      source.show(task);
      const justStarted = workload.isAttached === true ? false : { taskType: TASK_TYPE };
      await waiter.wait(task.taskId, { justStarted });
      return source.calls;
    }),
  );
  return { costs, history: waiter.history };
}

/** A rival on the same tasks. */
export function measureRival(
  time: VirtualTime,
  workload: Workload,
  rival: Rival,
): Promise<readonly WaitCost[]> {
  const random = seeded(seedOf(workload.seed, workload.model.name, rival.name));
  const service = new SimulatedService(random);
  const platformRandom = Math.random;
  Math.random = random;
  const costs = time.run(
    eachTask(workload, random, async (task) => {
      service.show(task);
      await rival.wait(() => service.describe(task.taskId));
      return service.calls;
    }),
  );
  return costs.finally(() => {
    Math.random = platformRandom;
  });
}

/** Runs the tasks one after the other. Which tasks they are depends on the seed and the workload alone. */
async function eachTask(
  {
    seed,
    model,
    progress,
    count,
    estimate: estimates,
    skewMs = 0,
    isAttached = false,
    isExact = false,
  }: Workload,
  random: Random,
  wait: (task: SimulatedTask) => Promise<number>,
): Promise<readonly WaitCost[]> {
  const truth = seeded(seedOf(seed, model.name));
  const curves = seeded(seedOf(seed, model.name, progress));
  const costs: WaitCost[] = [];
  for (const share of stratified(count, truth)) {
    await new Promise((resolve) => setTimeout(resolve, 1000 + 5000 * random()));
    const durationMs = 1000 * model.quantile(share);
    const startsAtMs = Date.now() - (isAttached ? truth() * durationMs : 0);
    const endsAtMs = startsAtMs + durationMs;
    const curve = PROGRESS_MODELS[progress]?.(curves);
    const estimate = estimates === undefined ? undefined : ESTIMATE_MODELS[estimates](curves);
    const service = { taskId: TASK_ID, taskType: TASK_TYPE, skewMs, isExact };
    const calls = await wait({ ...service, startsAtMs, endsAtMs, curve, estimate });
    costs.push({ calls, lateness: (Date.now() - endsAtMs) / 1000, duration: durationMs / 1000 });
  }
  return costs;
}
