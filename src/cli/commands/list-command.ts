import process from "node:process";
import { printable, type Task } from "../../index.ts";
import { badValue } from "../errors/usage-error.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { taskQueryOf } from "../flags/task-query.ts";
import type { TaskQueryFlags } from "../flags/task-query-flags.ts";
import { type Color, type ColorChoice, makeColor, type Tone, wantsColor } from "../terminal/color.ts";
import { displayWidth, padWidth } from "../terminal/display-width.ts";
import { printError } from "../terminal/messages.ts";
import { timeText } from "../terminal/result-json.ts";
import { safeJson } from "../terminal/safe-json.ts";
import { outputDrained, writeOut } from "../terminal/standard-output.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { taskPages } from "../waiting/task-pages.ts";

/** The flags of `taskwait list`. */
export interface ListFlags extends TaskQueryFlags {
  readonly limit?: string;
  readonly output: "table" | "json" | "jsonl" | "ids";
  readonly color: ColorChoice;
  readonly verbose?: true;
}

const TONES: Readonly<Record<string, Tone>> = {
  COMPLETE: "good",
  FAILED: "bad",
  EXPIRED: "bad",
  CANCELED: "bad",
  RUNNING: "busy",
};

/** `taskwait list`: prints tasks as their pages arrive, no faster than they are read. */
export async function listCommand(
  flags: ListFlags & AccountFlags,
  { signal }: Interruption,
): Promise<number> {
  const query = taskQueryOf(flags);
  const limit = flags.limit === undefined ? {} : { limit: parseLimit(flags.limit) };
  const color = makeColor(wantsColor(flags.color, process.env, process.stdout.isTTY));
  const all: Task[] = [];
  let count = 0;
  await withClient({ ...clientOptionsOf(flags), ...logCalls(flags.verbose) }, async (client) => {
    for await (const tasks of taskPages(client, { ...query, ...limit }, { signal })) {
      if (flags.output === "json") {
        for (const task of tasks) {
          all.push(task);
        }
      } else if (tasks.length > 0) {
        writeOut(`${lines(tasks, flags.output, count === 0, color).join("\n")}\n`);
        await outputDrained();
      }
      count += tasks.length;
    }
  });
  if (flags.output === "json") {
    writeOut(`${safeJson(all)}\n`);
  } else if (count === 0) {
    printError("no task matches");
  }
  return 0;
}

function lines(
  tasks: readonly Task[],
  form: "table" | "jsonl" | "ids",
  isFirst: boolean,
  color: Color,
): readonly string[] {
  switch (form) {
    case "table":
      return [...(isFirst ? [headerLine(color)] : []), ...tasks.map((task) => tableLine(task, color))];
    case "jsonl":
      return tasks.map(safeJson);
    case "ids":
      return tasks.map(({ taskId }) => printable(taskId));
  }
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw badValue("--limit", "must be a whole number above 0", text);
  }
  return Number(text);
}

function headerLine(color: Color): string {
  return color("dim", columns("TASK", "STATUS", "DONE", "TYPE", "STARTED", "NAME"));
}

function tableLine(task: Task, color: Color): string {
  const percent = task.percent === undefined ? "" : `${Math.floor(task.percent)}%`;
  const started = task.startTime === undefined ? "" : timeText(task.startTime);
  const status = printable(task.taskStatus, 40);
  return columns(
    printable(task.taskId),
    status,
    percent,
    printable(task.taskType ?? ""),
    started,
    printable(task.taskName ?? "", 60),
    (text) => color(TONES[task.taskStatus] ?? "dim", text),
  );
}

function columns(
  id: string,
  status: string,
  percent: string,
  type: string,
  started: string,
  name: string,
  colorStatus: (text: string) => string = (text) => text,
): string {
  return [
    padWidth(id, Math.max(22, displayWidth(id))),
    colorStatus(padWidth(status, 9)),
    percent.padStart(4),
    padWidth(type, 16),
    padWidth(started, 20),
    name,
  ]
    .join("  ")
    .trimEnd();
}
