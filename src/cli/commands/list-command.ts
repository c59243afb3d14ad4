import process from "node:process";
import { printable, type Task } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import { clientOptionsOf, logCalls, withClient } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { type Color, type ColorChoice, type Look, makeColor, wantsColor } from "../terminal/color.ts";
import { padWidth } from "../terminal/display-width.ts";
import { writeErr, writeOut } from "../terminal/output.ts";
import { safeJson } from "../terminal/safe-json.ts";
import { Interruption } from "../waiting/interruption.ts";
import { taskPages } from "../waiting/task-pages.ts";

/** The flags of `taskwait list`. */
export interface ListFlags {
  readonly status?: string;
  readonly type?: string;
  readonly limit?: string;
  readonly output: "table" | "json" | "jsonl";
  readonly color: ColorChoice;
  readonly verbose?: true;
}

const LOOKS: Readonly<Record<string, Look>> = {
  COMPLETE: "good",
  FAILED: "bad",
  EXPIRED: "bad",
  CANCELED: "bad",
  RUNNING: "busy",
};

/** `taskwait list`: prints tasks as their pages arrive. */
export async function listCommand(flags: ListFlags & AccountFlags): Promise<number> {
  const limit = flags.limit === undefined ? undefined : parseLimit(flags.limit);
  const interruption = new Interruption();
  const color = makeColor(wantsColor(flags.color, process.env, process.stdout.isTTY));
  const all: Task[] = [];
  let count = 0;
  try {
    await withClient({ ...clientOptionsOf(flags), ...logCalls(flags.verbose) }, async (client) => {
      const query = {
        ...(flags.status === undefined ? {} : { taskStatus: flags.status }),
        ...(flags.type === undefined ? {} : { taskType: flags.type }),
        ...(limit === undefined ? {} : { limit }),
      };
      for await (const tasks of taskPages(client, query, interruption.signal)) {
        if (flags.output === "json") {
          all.push(...tasks);
        } else if (tasks.length > 0) {
          const header = flags.output === "table" && count === 0 ? [headerLine(color)] : [];
          const line = flags.output === "table" ? (task: Task) => tableLine(task, color) : safeJson;
          writeOut(`${[...header, ...tasks.map(line)].join("\n")}\n`);
        }
        count += tasks.length;
      }
    });
  } catch (error) {
    if (interruption.exitCode !== undefined) {
      return interruption.exitCode;
    }
    throw error;
  } finally {
    interruption.release();
  }
  if (flags.output === "json") {
    writeOut(`${safeJson(all)}\n`);
  } else if (count === 0) {
    writeErr("taskwait: no task matches");
  }
  return 0;
}

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new UsageError(`--limit must be a whole number above 0, got "${printable(text, 80)}"`);
  }
  return Number(text);
}

function headerLine(color: Color): string {
  return color("dim", columns("TASK", "STATUS", "DONE", "TYPE", "STARTED", "NAME"));
}

function tableLine(task: Task, color: Color): string {
  const percent = task.percent === undefined ? "" : `${Math.floor(task.percent)}%`;
  const started =
    task.startTime === undefined ? "" : `${new Date(task.startTime * 1000).toISOString().slice(0, 19)}Z`;
  const status = printable(task.taskStatus, 40);
  return columns(
    printable(task.taskId),
    status,
    percent,
    printable(task.taskType ?? ""),
    started,
    printable(task.taskName ?? "", 60),
    (text) => color(LOOKS[task.taskStatus] ?? "dim", text),
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
    padWidth(id, Math.max(22, id.length)),
    colorStatus(padWidth(status, 9)),
    percent.padStart(4),
    padWidth(type, 16),
    padWidth(started, 20),
    name,
  ]
    .join("  ")
    .trimEnd();
}
