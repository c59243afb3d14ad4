import { printable } from "../../index.ts";
import type { Color, Look } from "../terminal/color.ts";
import { displayWidth, fitWidth, padWidth } from "../terminal/display-width.ts";
import type { TaskView } from "./progress-state.ts";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_MS = 120;
const GAP = "  ";
const MAX_ID = 22;
const STATUS_COLUMNS = 8;
const PERCENT_COLUMNS = 4;
const TIME_COLUMNS = 9;
const CALLS_COLUMNS = 8;
const SHORTEST_BAR = 10;
const MAX_BAR = 30;
const SHORTEST_NAME = 10;
const MAX_NAME = 30;

/** Draws a bar of so many columns, filled to `progress` (0 to 1). */
export type DrawBar = (progress: number, columns: number) => string;

/** How a row is drawn. */
export interface RowStyle {
  readonly columns: number;
  readonly nowMs: number;
  readonly color: Color;
  readonly drawBar: DrawBar;
}

/** One task on one line that is never wider than `columns`; what there is no room for is left out. */
export function taskRow(view: TaskView, style: RowStyle): string {
  const { columns, color, nowMs } = style;
  const look = lookOf(view);
  const id = fitWidth(printable(view.taskId), MAX_ID);
  const status = padWidth(printable(statusWord(view), 40), STATUS_COLUMNS);
  let room = columns - displayWidth(`${mark(view, nowMs)} ${id}${GAP}${status}`);
  if (room < 0) {
    return fitWidth(`${mark(view, nowMs)} ${id} ${status}`, Math.max(0, columns));
  }
  const take = (width: number): boolean => {
    const fits = room >= width + GAP.length;
    room -= fits ? width + GAP.length : 0;
    return fits;
  };
  const hasPercent = take(PERCENT_COLUMNS);
  const hasBar = take(SHORTEST_BAR);
  const hasTime = take(TIME_COLUMNS);
  const hasCalls = take(CALLS_COLUMNS);
  const fullName = printable(view.name ?? "", 200);
  const nameColumns = Math.min(MAX_NAME, displayWidth(fullName));
  const hasName = nameColumns > 0 && take(Math.min(nameColumns, SHORTEST_NAME));
  const grown = hasName ? Math.min(room, nameColumns - Math.min(nameColumns, SHORTEST_NAME)) : 0;
  const barColumns = Math.min(MAX_BAR, SHORTEST_BAR + room - grown);
  const percent = view.percent === undefined ? "–" : `${Math.floor(view.percent)}%`;
  const parts = [
    `${color(look, mark(view, nowMs))} ${color("strong", id)}`,
    hasName ? padWidth(fullName, Math.min(nameColumns, SHORTEST_NAME) + grown) : "",
    color(look, status),
    hasBar ? color(look, style.drawBar((view.percent ?? 0) / 100, barColumns)) : "",
    hasPercent ? percent.padStart(PERCENT_COLUMNS) : "",
    hasTime ? color("dim", padWidth(timeText(view, nowMs), TIME_COLUMNS)) : "",
    hasCalls ? color("dim", callsText(view.calls).padStart(CALLS_COLUMNS)) : "",
  ];
  return parts.filter((part) => part !== "").join(GAP);
}

/** What stands for the tasks that there are no rows for. */
export function restRow(views: readonly TaskView[], columns: number, color: Color): string {
  const counts = new Map<string, number>();
  for (const view of views) {
    const word = printable(statusWord(view), 20).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
  return color("dim", fitWidth(`… ${views.length} more: ${parts}`, columns));
}

/** `1 call`, `7 calls`. */
export function callsText(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}

function statusWord(view: TaskView): string {
  switch (view.ended?.kind) {
    case undefined:
      return view.failures > 0 ? "retrying" : (view.status ?? "asking");
    case "timedOut":
      return "timeout";
    case "notFound":
      return "unknown";
    case "unreachable":
      return "no reply";
    case "complete":
    case "failed":
    case "expired":
    case "canceled":
      return view.status ?? "";
    default:
      return view.ended?.kind ?? "";
  }
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

/** When it will end, or how long it has gone on. */
function timeText(view: TaskView, nowMs: number): string {
  const { ended, expectedEndMs, sinceMs } = view;
  if (ended !== undefined) {
    return `in ${shortDuration(ended.atMs - sinceMs)}`;
  }
  return expectedEndMs === undefined || expectedEndMs <= nowMs
    ? shortDuration(nowMs - sinceMs)
    : `ETA ${shortDuration(expectedEndMs - nowMs)}`;
}

/** `9s`, `4m05s`, `2h10m`, `3d04h`: six columns at most. */
function shortDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (minutes === 0) {
    return `${seconds}s`;
  }
  if (hours === 0) {
    return `${minutes}m${two(seconds % 60)}s`;
  }
  return hours < 24 ? `${hours}h${two(minutes % 60)}m` : `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}
