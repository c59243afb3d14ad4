import { BdrcApiError } from "../../src/task/errors.ts";
import type { TaskListQuery, TaskPage } from "../../src/task/source.ts";
import type { Task } from "../../src/task/task.ts";
import type { DurationModel } from "./durations.ts";
import { type Random, stratified } from "./seeded.ts";

/** What an account may hold besides the task that is waited for. */
export const ACCOUNTS = [
  "20 ended tasks",
  "50 ended tasks",
  "3 ended tasks",
  "50 ended tasks of another law",
  "denied listings",
  "50,000 foreign tasks",
] as const;

export type AccountName = (typeof ACCOUNTS)[number];

// So much shorter are the tasks of another law.
const OTHER_LAW = 1 / 5;
const ENDED_S = 1_600_000_000;
const PAGE = 100;

/** Lists what the account holds: ended tasks of the type, or of others. */
export function accountList(
  name: AccountName,
  taskType: string,
  model: DurationModel,
  random: Random,
): (query: TaskListQuery) => TaskPage {
  if (name === "denied listings") {
    return () => {
      throw new BdrcApiError("no", { httpStatus: 403, apiCode: "NoPermission" });
    };
  }
  const isForeign = name === "50,000 foreign tasks";
  const count = isForeign ? PAGE : Number(name.slice(0, 2));
  const scale = name === "50 ended tasks of another law" ? OTHER_LAW : 1;
  const tasks: Task[] = stratified(count, random).map((share, index) => {
    const startTime = ENDED_S + index;
    const completeTime = startTime + Math.round(scale * model.quantile(share));
    const type = isForeign ? "FOREIGN" : taskType;
    return {
      taskId: `t-earlier-${index}`,
      taskType: type,
      taskStatus: "COMPLETE",
      startTime,
      completeTime,
    };
  });
  return ({ maxResults = PAGE }) => ({
    tasks: tasks.slice(0, maxResults),
    ...(isForeign ? { nextToken: "2" } : {}),
  });
}
