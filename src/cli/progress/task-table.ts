import { printable } from "../../index.ts";
import { fitWidth } from "../terminal/display-width.ts";
import { countByStatus, inOrderOfConcern, type TaskView } from "./progress-state.ts";
import { layoutRows, type RowStyle, taskRow } from "./task-row.ts";

// Of very many tasks only these give the columns their widths: a frame must not take long.
const MAX_MEASURED = 500;

/** How a table is drawn. */
export interface TableStyle extends RowStyle {
  readonly columns: number;
  /** At most so many rows, at least 1. */
  readonly room: number;
}

/**
 * One row a task, those in trouble first, completed ones last. What finds no room is summed up in the last row. No
 * row is wider than `columns`.
 */
export function taskTable(views: readonly TaskView[], style: TableStyle): readonly string[] {
  const ordered = inOrderOfConcern(views);
  const shown = views.length <= style.room ? ordered : ordered.slice(0, style.room - 1);
  const layout = layoutRows(views.slice(0, MAX_MEASURED), style.columns);
  const rows = shown.map((view) => taskRow(view, layout, style));
  const hidden = ordered.slice(shown.length);
  return hidden.length === 0 ? rows : [...rows, restRow(hidden, style)];
}

function restRow(views: readonly TaskView[], { columns, color }: TableStyle): string {
  const counts = countByStatus(views, (word) => printable(word, 20));
  return color("dim", fitWidth(`… ${views.length} more: ${counts}`, columns));
}
