import { printable } from "../../index.ts";
import type { Color, Tone } from "../terminal/color.ts";
import { displayWidth, fitWidth, padWidth } from "../terminal/display-width.ts";
import { callsText } from "./call-count.ts";
import { groupOf, statusWord, type TaskView } from "./progress-state.ts";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_MS = 120;
const GAP = "  ";
const MARK_COLUMNS = 2;
const MIN_ID = 4;
const ID = 22;
const MIN_STATUS = 8;
const MAX_STATUS = 16;
const PERCENT = 4;
const TIME = 10;
const MIN_CALLS = 9;
const MIN_BAR = 10;
const MAX_BAR = 30;
const MIN_NAME = 10;
const MAX_NAME = 30;

/** How many columns each part of a row takes, the same for all rows of a frame; 0 for a part that is left out. */
export interface RowLayout {
  readonly id: number;
  readonly name: number;
  readonly status: number;
  readonly bar: number;
  readonly percent: number;
  readonly time: number;
  readonly calls: number;
}

/** How a row is drawn. */
export interface RowStyle {
  readonly nowMs: number;
  readonly color: Color;
}

/**
 * Shares the columns of the terminal out among the parts of a row. Where it gets narrow, name, calls, time and bar
 * are left out, in this order; then the id is shortened, and the percentage goes last.
 */
export function layoutRows(views: readonly TaskView[], columns: number): RowLayout {
  const widest = (text: (view: TaskView) => string): number =>
    views.reduce((width, view) => Math.max(width, displayWidth(text(view))), 0);
  const statusRoom = Math.max(0, columns - MARK_COLUMNS - GAP.length - 1);
  const status = Math.min(MAX_STATUS, Math.max(MIN_STATUS, widest(statusText)), statusRoom);
  const fullId = widest(idText);
  let room = columns - MARK_COLUMNS - GAP.length - status;
  const take = (width: number): number => {
    const fits = room >= width + GAP.length;
    room -= fits ? width + GAP.length : 0;
    return fits ? width : 0;
  };
  room -= MIN_ID;
  const percent = take(PERCENT);
  room += MIN_ID;
  const id = Math.max(0, Math.min(fullId, ID, room));
  room -= id;
  const bar = take(MIN_BAR);
  const time = bar === 0 ? 0 : take(TIME);
  const calls =
    time === 0
      ? 0
      : take(
          Math.max(
            MIN_CALLS,
            widest(({ calls }) => callsText(calls)),
          ),
        );
  const idGrowth = calls === 0 ? 0 : Math.min(room, fullId - id);
  room -= idGrowth;
  const fullName = Math.min(MAX_NAME, widest(nameText));
  const minName = Math.min(fullName, MIN_NAME);
  const hasName = calls > 0 && fullName > 0 && take(minName) > 0;
  const nameGrowth = hasName ? Math.min(room, fullName - minName) : 0;
  room -= nameGrowth;
  return {
    id: id + idGrowth,
    name: hasName ? minName + nameGrowth : 0,
    status,
    bar: bar === 0 ? 0 : Math.min(MAX_BAR, bar + room),
    percent,
    time,
    calls,
  };
}

/** One task on one line. */
export function taskRow(view: TaskView, layout: RowLayout, { color, nowMs }: RowStyle): string {
  const tone = toneOf(view);
  const percent = view.percent === undefined ? "–" : `${Math.floor(view.percent)}%`;
  const cells: readonly (readonly [columns: number, draw: (columns: number) => string])[] = [
    [
      layout.id,
      (columns) => `${color(tone, mark(view, nowMs))} ${color("strong", padWidth(idText(view), columns))}`,
    ],
    [layout.name, (columns) => padWidth(nameText(view), columns)],
    [layout.status, (columns) => color(tone, padWidth(statusText(view), columns))],
    [layout.bar, (columns) => color(tone, bar(view.percent ?? 0, columns))],
    [layout.percent, (columns) => percent.padStart(columns)],
    [layout.time, (columns) => color("dim", padWidth(timeText(view, nowMs), columns))],
    [layout.calls, (columns) => color("dim", callsText(view.calls).padStart(columns))],
  ];
  return cells
    .filter(([columns]) => columns > 0)
    .map(([columns, draw]) => draw(columns))
    .join(GAP);
}

function idText({ taskId }: TaskView): string {
  return printable(taskId);
}

function nameText({ name = "" }: TaskView): string {
  return printable(name, 200);
}

function statusText(view: TaskView): string {
  return fitWidth(printable(statusWord(view), 40), MAX_STATUS);
}

function toneOf(view: TaskView): Tone {
  switch (groupOf(view)) {
    case "complete":
      return "good";
    case "failed":
      return "bad";
    case "open":
      return view.ended === undefined && view.failures > 0 ? "bad" : "busy";
  }
}

function mark(view: TaskView, nowMs: number): string {
  switch (groupOf(view)) {
    case "complete":
      return "✔";
    case "failed":
      return "✖";
    case "open":
      return view.ended === undefined
        ? (SPINNER[Math.floor((nowMs - view.sinceMs) / SPINNER_MS) % SPINNER.length] ?? "")
        : "•";
  }
}

function bar(percent: number, columns: number): string {
  const full = Math.min(columns, Math.max(0, Math.round((percent / 100) * columns)));
  return "█".repeat(full) + "░".repeat(columns - full);
}

/** When it will end, or how long it has run. */
function timeText(view: TaskView, nowMs: number): string {
  const { ended, expectedEndMs, sinceMs } = view;
  if (ended !== undefined) {
    return `in ${shortDuration(ended.atMs - sinceMs)}`;
  }
  return expectedEndMs === undefined || expectedEndMs <= nowMs
    ? shortDuration(nowMs - sinceMs)
    : `ETA ${shortDuration(expectedEndMs - nowMs)}`;
}

/** `9s`, `4m05s`, `2h10m`, `3d04h`, `120d`: six columns at most. */
function shortDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (minutes === 0) {
    return `${seconds}s`;
  }
  if (hours === 0) {
    return `${minutes}m${two(seconds % 60)}s`;
  }
  if (days === 0) {
    return `${hours}h${two(minutes % 60)}m`;
  }
  return days < 100 ? `${days}d${two(hours % 24)}h` : `${Math.min(days, 99_999)}d`;
}
