import { type BdrcClientOptions, printable, type Task } from "../../index.ts";
import type { ApiFlags } from "../apis/api-flags.ts";
import { type NamedTask, nameTasks } from "../apis/named-tasks.ts";
import { sourcesOf } from "../apis/task-sources.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { sentJson, timeText } from "../terminal/result-json.ts";
import { safeJson, safeJsonPretty } from "../terminal/safe-json.ts";
import { writeOut } from "../terminal/standard-output.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { withRetry } from "../waiting/with-retry.ts";

/** The flags of `taskwait describe`. */
export interface DescribeFlags {
  readonly output: "text" | "json";
  readonly verbose?: true;
}

/** `taskwait describe <id>`: one call. Exits with 0 whatever the task's status is. */
export async function describeCommand(
  taskId: string,
  flags: DescribeFlags & AccountFlags & ApiFlags,
  { signal }: Interruption,
): Promise<number> {
  const options = { ...clientOptionsOf(flags), ...logCalls(flags.verbose) };
  const [named] = await nameTasks([taskId], flags, signal);
  const task =
    named?.api === undefined
      ? await withClient(options, (client) =>
          withRetry(() => client.describeTask(taskId, { signal }), signal),
        )
      : await describeDeclared(named, options, flags, signal);
  writeOut(flags.output === "json" ? `${safeJsonPretty(task)}\n` : describeText(task));
  return 0;
}

async function describeDeclared(
  named: NamedTask,
  options: BdrcClientOptions,
  flags: ApiFlags,
  signal: AbortSignal,
): Promise<Task> {
  // To show a resource, no goal is needed.
  const needsGoal = named.api?.task.states.complete === undefined;
  const sources = await sourcesOf([named], options, { ...flags, ...(needsGoal ? { until: GONE } : {}) });
  try {
    const source = sources.tasks[0]?.source;
    return await withRetry(async () => (await source?.describe(named.taskId, { signal })) as Task, signal);
  } finally {
    await sources.close();
  }
}

const GONE = "gone";
const TIMES: ReadonlySet<string> = new Set(["startTime", "completeTime", "expireTime"]);
// The text that the service sent is shown under the name of what is parsed of it, with all its digits.
const SENT_JSON: Readonly<Record<string, keyof Task>> = { detail: "taskDetail", result: "taskResult" };
const PARSED: Readonly<Record<string, keyof Task>> = { taskDetail: "detail", taskResult: "result" };

/** One `name: value` a line, in the API's order and the library's names. */
function describeText(task: Task): string {
  let text = "";
  for (const [name, value] of Object.entries(task)) {
    const parsed = PARSED[name];
    if (name !== "progress" && (parsed === undefined || task[parsed] === undefined)) {
      text += `${name}: ${showValue(task, name, value)}\n`;
    }
  }
  return text;
}

function showValue(task: Task, name: string, value: unknown): string {
  const sent = SENT_JSON[name];
  if (sent !== undefined) {
    return sentJson(String(task[sent]));
  }
  if (TIMES.has(name) && typeof value === "number") {
    return timeText(value);
  }
  if (name === "percent") {
    return `${String(value)}%`;
  }
  return typeof value === "string" ? printable(value, 4000) : safeJson(value);
}
