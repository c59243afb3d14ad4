import { printable, type Task } from "../../index.ts";
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
  flags: DescribeFlags & AccountFlags,
  { signal }: Interruption,
): Promise<number> {
  const task = await withClient({ ...clientOptionsOf(flags), ...logCalls(flags.verbose) }, (client) =>
    withRetry(() => client.describeTask(taskId, { signal }), signal),
  );
  writeOut(flags.output === "json" ? `${safeJsonPretty(task)}\n` : describeText(task));
  return 0;
}

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
