import { printable, type Task } from "../../index.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { writeOut } from "../terminal/output.ts";
import { safeJson, safeJsonPretty } from "../terminal/safe-json.ts";
import { Interruption } from "../waiting/interruption.ts";
import { withRetry } from "../waiting/patience.ts";

/** The flags of `taskwait describe`. */
export interface DescribeFlags {
  readonly output: "text" | "json";
  readonly verbose?: true;
}

/** `taskwait describe <id>`: one look. Exits with 0 whatever the task's status is. */
export async function describeCommand(taskId: string, flags: DescribeFlags & AccountFlags): Promise<number> {
  const interruption = new Interruption();
  const { signal } = interruption;
  try {
    const task = await withClient({ ...clientOptionsOf(flags), ...logCalls(flags.verbose) }, (client) =>
      withRetry(() => client.describeTask(taskId, { signal }), signal),
    );
    writeOut(flags.output === "json" ? `${safeJsonPretty(task)}\n` : describeText(task));
    return 0;
  } catch (error) {
    if (interruption.exitCode !== undefined) {
      return interruption.exitCode;
    }
    throw error;
  } finally {
    interruption.release();
  }
}

const TIMES: ReadonlySet<string> = new Set(["startTime", "completeTime", "expireTime"]);
// The parsed forms are shown in place of these.
const SHOWN_PARSED: Readonly<Record<string, keyof Task>> = { taskDetail: "detail", taskResult: "result" };

/** One `name: value` a line, in the API's order and the library's names. */
function describeText(task: Task): string {
  let text = "";
  for (const [name, value] of Object.entries(task)) {
    const parsed = SHOWN_PARSED[name];
    if (name === "progress" || (parsed !== undefined && task[parsed] !== undefined)) {
      continue;
    }
    text += `${name}: ${showValue(name, value)}\n`;
  }
  return text;
}

function showValue(name: string, value: unknown): string {
  if (TIMES.has(name) && typeof value === "number" && Math.abs(value) < 8.64e12) {
    return new Date(value * 1000).toISOString().replace(".000Z", "Z");
  }
  if (name === "percent") {
    return `${String(value)}%`;
  }
  return typeof value === "string" ? printable(value, 4000) : safeJson(value);
}
