import { formatDurationMs, printable } from "../index.ts";
import { displayWidth, fitWidth, padWidth } from "./display-width.ts";
import type { Look, Paint } from "./paint.ts";
import type { TaskView } from "./wait-board.ts";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_MS = 120;
const GAP = "  ";
const ID_COLUMNS = 22;
const STATUS_COLUMNS = 9;
const ETA_COLUMNS = 16;
const CALLS_COLUMNS = 9;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 30;
const LONGEST_NAME = 24;

/** Draws a bar of so many columns, filled to `progress` (0 to 1). */
export type DrawBar = (progress: number, columns: number) => string;

/** How a row is drawn. */
export interface RowStyle {
  readonly columns: number;
  readonly nowMs: number;
  readonly paint: Paint;
  readonly drawBar: DrawBar;
}

/** One task on one line that is never wider than `columns`; what there is no room for is left out, bar last. */
export function taskRow(view: TaskView, style: RowStyle): string {
  const { columns, paint } = style;
  const look = lookOf(view);
  const id = fitWidth(printable(view.taskId), ID_COLUMNS);
  const status = padWidth(printable(statusWord(view)), STATUS_COLUMNS);
  const percent = view.percent === undefined ? "   –" : `${Math.floor(view.percent)}%`.padStart(4);
  const head = `${paint(look, mark(view, style.nowMs))} ${paint("strong", id)}${GAP}`;
  // Mark, blank, id, gap, status, gap, percent.
  let room = columns - displayWidth(id) - STATUS_COLUMNS - 4 - 6;
  if (room < 0) {
    return fitWidth(`${mark(view, style.nowMs)} ${id} ${status}`, Math.max(0, columns));
  }
  const take = (width: number): boolean => {
    const fits = room >= width + GAP.length;
    room -= fits ? width + GAP.length : 0;
    return fits;
  };
  const bar = take(SHORTEST_BAR);
  const eta = take(ETA_COLUMNS);
  const calls = take(CALLS_COLUMNS);
  const fullName = view.name === undefined ? "" : printable(view.name, 200);
  const nameColumns = Math.min(LONGEST_NAME, displayWidth(fullName), room - GAP.length);
  const name = nameColumns >= 4 ? `${padWidth(fullName, nameColumns)}${GAP}` : "";
  room -= displayWidth(name);
  const barColumns = Math.min(LONGEST_BAR, SHORTEST_BAR + room);
  return [
    head,
    name,
    paint(look, status),
    bar ? `${GAP}${paint(look, style.drawBar((view.percent ?? 0) / 100, barColumns))}` : "",
    GAP,
    percent,
    eta ? GAP + paint("dim", padWidth(timeText(view, style.nowMs), ETA_COLUMNS)) : "",
    calls ? GAP + paint("dim", callsText(view.calls).padStart(CALLS_COLUMNS)) : "",
  ]
    .join("")
    .trimEnd();
}

/** What stands for the tasks that there are no rows for. */
export function restRow(views: readonly TaskView[], columns: number, paint: Paint): string {
  const counts = new Map<string, number>();
  for (const view of views) {
    const word = printable(statusWord(view), 20).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
  return paint("dim", fitWidth(`… ${views.length} more: ${parts}`, columns));
}

/** `1 call`, `7 calls`. */
export function callsText(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}

function statusWord(view: TaskView): string {
  const { ended } = view;
  if (ended !== undefined) {
    return ended.kind === "timedOut"
      ? "TIMED OUT"
      : ended.kind === "notFound"
        ? "NOT FOUND"
        : ended.kind === "unreachable"
          ? "NO ANSWER"
          : ended.kind.toUpperCase();
  }
  return view.failures > 0 ? "retrying" : (view.status ?? "asking");
}

function lookOf(view: TaskView): Look {
  if (view.ended !== undefined) {
    return view.ended.kind === "complete" ? "good" : "bad";
  }
  return view.failures > 0 ? "bad" : "busy";
}

function mark(view: TaskView, nowMs: number): string {
  if (view.ended !== undefined) {
    return view.ended.kind === "complete" ? "✔" : "✖";
  }
  return SPINNER[Math.floor((nowMs - view.sinceMs) / SPINNER_MS) % SPINNER.length] ?? "";
}

function timeText(view: TaskView, nowMs: number): string {
  if (view.ended !== undefined) {
    return `in ${formatDurationMs(view.ended.atMs - view.sinceMs)}`;
  }
  const { expectedEndMs } = view;
  const elapsed = formatDurationMs(Math.floor((nowMs - view.sinceMs) / 1000) * 1000).replace(".0 s", " s");
  return expectedEndMs === undefined || expectedEndMs <= nowMs
    ? `${elapsed === "0 ms" ? "0 s" : elapsed} so far`
    : `ETA ${formatDurationMs(Math.ceil((expectedEndMs - nowMs) / 1000) * 1000).replace(".0 s", " s")}`;
}
