import { presets } from "../../src/apis/presets.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { Accounts } from "./accounts.ts";
import { pollBy, SCHEDULES, type Schedule } from "./loops.ts";
import type { Account } from "./service.ts";

/** Who waits, and how. */
export type Contestant =
  | { readonly kind: "taskwait"; readonly name: string; readonly batch: "auto" | "never" }
  | { readonly kind: "loop"; readonly name: string; readonly schedule: Schedule; readonly survives: boolean };

/** What waiting for the tasks of one account came to. */
export interface Measured {
  readonly name: string;
  readonly tasks: number;
  readonly seed: number;
  readonly right: number;
  /** For each task. */
  readonly calls: number;
  /** Of all calls. */
  readonly throttled: number;
  /** From a task's end to the moment that its wait told it; of the waits that ended rightly. */
  readonly meanLateS: number;
  readonly p99LateS: number;
}

/** By its single polls, and with the listing. */
export const OURS: readonly Contestant[] = [
  { kind: "taskwait", name: "taskwait, single polls", batch: "never" },
  { kind: "taskwait", name: "taskwait, with the listing", batch: "auto" },
];
export const SURVIVORS: readonly Contestant[] = SCHEDULES.map((schedule) => ({
  kind: "loop",
  name: schedule.name,
  schedule,
  survives: true,
}));
export const ENDED_BY_429: readonly Contestant[] = SCHEDULES.map((schedule) => ({
  kind: "loop",
  name: `${schedule.name}, a 429 ends it`,
  schedule,
  survives: false,
}));

/** Waits for all tasks of a new account. */
export async function measure(
  contestant: Contestant,
  accounts: Accounts,
  seed: number,
  tasks: number,
): Promise<Measured> {
  const { account, close } = await accounts.open(seed, tasks);
  const told =
    contestant.kind === "taskwait"
      ? await waitAll(contestant.batch, account)
      : await loopAll(contestant, account);
  const { calls, throttled } = await close();
  const late = told
    .flatMap((atMs, index) => (atMs === undefined ? [] : [(atMs - (account.endsAtMs[index] ?? 0)) / 1000]))
    .sort((a, b) => a - b);
  return {
    name: contestant.name,
    tasks,
    seed,
    // Told before its end would be told wrongly.
    right: late.filter((lateS) => lateS >= 0).length,
    calls: calls / tasks,
    throttled: throttled / calls,
    meanLateS: late.reduce((sum, lateS) => sum + lateS, 0) / late.length,
    p99LateS: late[Math.floor(0.99 * late.length)] ?? Number.NaN,
  };
}

/** When each wait told its success; undefined for one that did not. */
async function waitAll(batch: "auto" | "never", account: Account): Promise<readonly (number | undefined)[]> {
  const { endpoint, apiKey, endsAtMs } = account;
  const source = taskApiSource(presets.dashscope, { endpoint, apiKey });
  const waiter = new TaskWaiter({ source, batch });
  const told = await Promise.all(
    endsAtMs.map(async (_, index) => {
      const { kind } = await waiter.wait(`t-${index}`, { timeout: "10m" }).outcome;
      return kind === "complete" ? Date.now() : undefined;
    }),
  );
  await waiter.close();
  await source.close();
  return told;
}

async function loopAll(
  { schedule, survives }: Contestant & { readonly kind: "loop" },
  account: Account,
): Promise<readonly (number | undefined)[]> {
  return await Promise.all(
    account.endsAtMs.map(async (_, index) =>
      (await pollBy(schedule, survives, account, `t-${index}`)) === "SUCCEEDED" ? Date.now() : undefined,
    ),
  );
}
