import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskView } from "../../src/cli/progress/progress-state.ts";
import { taskTable } from "../../src/cli/progress/task-table.ts";
import { makeColor, plain } from "../../src/cli/terminal/color.ts";
import { displayWidth } from "../../src/cli/terminal/display-width.ts";

const running: TaskView = {
  taskId: "t-0000e4w0u1v592zdf6s7",
  name: "nightly inventory",
  status: "RUNNING",
  percent: 45.6,
  sinceMs: 1000,
  expectedEndMs: 34_000,
  calls: 7,
  failures: 0,
};

function table(views: readonly TaskView[], columns: number, room = 23, nowMs = 13_000): readonly string[] {
  return taskTable(views, { columns, room, nowMs, color: plain });
}

function row(view: TaskView, columns: number, nowMs = 13_000): string {
  return table([view], columns, 23, nowMs)[0] ?? "";
}

describe("a row", () => {
  it("shows id, status, bar, percent, ETA and calls within 79 columns", () => {
    expect(row(running, 79)).toBe(
      "⠋ t-0000e4w0u1v592zdf6s7  RUNNING   ██████░░░░░░░░   45%  ETA 21s       7 calls",
    );
  });

  it("shows the name too where there is room", () => {
    expect(row(running, 120)).toContain("  nightly inventory  RUNNING ");
  });

  it("leaves out the name, the calls, the time and the bar, in this order, when it gets narrow", () => {
    expect(row(running, 79)).not.toContain("nightly");
    expect(row(running, 66)).not.toContain("calls");
    expect(row(running, 66)).toContain("ETA");
    expect(row(running, 53)).not.toContain("ETA");
    expect(row(running, 53)).toContain("█");
    expect(row(running, 40)).not.toContain("█");
    expect(row(running, 40)).toBe("⠋ t-0000e4w0u1v592zdf6s7  RUNNING    45%");
  });

  it("shortens the id before the percentage goes", () => {
    expect(row(running, 39)).toBe("⠋ t-0000e4w0u1v592zdf6…  RUNNING    45%");
    expect(row(running, 24)).toBe("⠋ t-000…  RUNNING    45%");
    expect(row(running, 20)).not.toContain("%");
  });

  it("cuts no time, however long it is", () => {
    for (const seconds of [9, 600, 63_000, 400_000, 9_000_000]) {
      const shown = row({ ...running, expectedEndMs: 13_000 + seconds * 1000 }, 79);
      expect(shown).toMatch(/ETA \w+ +7 calls$/);
      expect(shown.slice(shown.indexOf("45%"))).not.toContain("…");
    }
  });

  it("says how long it has run when nobody knows the end", () => {
    const { expectedEndMs: _, ...unknown } = running;

    expect(row(unknown, 79, 61_000 + 5000)).toContain("  1m05s ");
    expect(row({ ...running, expectedEndMs: 12_000 }, 79)).toContain("  12s ");
  });

  it("claims no percentage that the service did not give", () => {
    const { percent: _, ...unknown } = running;

    expect(row(unknown, 79)).not.toContain("%");
  });

  it("rounds down, so that 100% is never shown early", () => {
    expect(row({ ...running, percent: 99.99 }, 79)).toContain(" 99%");
  });

  it.each([
    ["complete", "COMPLETE", "✔", "COMPLETE"],
    ["failed", "FAILED", "✖", "FAILED"],
    ["timedOut", "RUNNING", "•", "timeout"],
    ["notFound", "RUNNING", "✖", "unknown"],
    ["unreachable", "RUNNING", "✖", "no reply"],
    ["aborted", "RUNNING", "•", "RUNNING"],
    ["denied", "RUNNING", "✖", "denied"],
  ] as const)("marks the end %s", (kind, status, mark, word) => {
    const shown = row({ ...running, status, ended: { kind, atMs: 10_000 } }, 79);

    expect(shown.startsWith(`${mark} `)).toBe(true);
    expect(shown).toContain(`  ${word}`);
    expect(shown).toContain("in 9s");
  });

  it("shows what was left while it ran in no colour of failure", () => {
    const colored = makeColor(true);
    const shown = (kind: "aborted" | "timedOut" | "failed"): string =>
      taskTable([{ ...running, ended: { kind, atMs: 10_000 } }], {
        columns: 79,
        room: 23,
        nowMs: 13_000,
        color: colored,
      }).join("");
    const red = `${String.fromCharCode(27)}[31m`;

    expect(shown("failed")).toContain(red);
    expect(shown("aborted")).not.toContain(red);
    expect(shown("timedOut")).not.toContain(red);
  });

  it("says that it retries while answers fail", () => {
    expect(row({ ...running, failures: 3 }, 79)).toContain("  retrying  ");
  });

  it("is never wider than the terminal nor holds a control character, whatever the service sends", {
    timeout: 30_000,
  }, () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1, max: 200 }), (taskId, name, status, columns) => {
        const shown = row({ ...running, taskId, name, status }, columns);
        expect(displayWidth(shown)).toBeLessThanOrEqual(columns);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 50 },
    );
  });

  it("counts wide characters as two columns", () => {
    const shown = row({ ...running, name: "备份中心资源盘点任务" }, 120);

    expect(displayWidth(shown)).toBeLessThanOrEqual(120);
    expect(shown).toContain("备份中心资源盘点任务");
  });
});

describe("the rows of several tasks", () => {
  const ended = (taskId: string, kind: "complete" | "failed" | "aborted"): TaskView => ({
    ...running,
    taskId,
    status: kind === "failed" ? "FAILED" : "COMPLETE",
    ended: { kind, atMs: 10_000 },
  });
  const many = (count: number): TaskView[] =>
    Array.from({ length: count }, (_, index) => ({
      ...running,
      taskId: `t-${"x".repeat(index % 7)}${index}`,
      calls: 3 ** (index % 8),
      ...(index % 3 === 0 ? { name: `name ${index}` } : {}),
      ...(index % 5 === 0 ? { status: "CREATED" } : {}),
    }));

  it("show failed tasks first, then those that run, then completed ones, also where room is short", () => {
    const views = [ended("t-c", "complete"), running, ended("t-f", "failed"), ended("t-d", "complete")];

    expect(table(views, 79).map((line) => line.split(" ")[1])).toEqual(["t-f", running.taskId, "t-c", "t-d"]);
    expect(table(views, 79, 3)).toEqual([
      expect.stringContaining("t-f"),
      expect.stringContaining(running.taskId),
      "… 2 more: 2 complete",
    ]);
  });

  it("sum up those that have no row, failed ones first, within the width", () => {
    const views = [...many(4), ended("t-f", "failed"), ended("t-g", "failed"), ended("t-h", "failed")];

    expect(table(views, 79, 3).at(-1)).toBe("… 5 more: 1 failed, 1 created, 3 running");
    expect(displayWidth(table(views, 12, 3).at(-1) ?? "")).toBe(12);
  });

  it("stand in columns, at every width and number of tasks, and lose no percentage from 40 columns on", () => {
    for (let columns = 39; columns <= 199; columns += 4) {
      for (const count of [2, 3, 8, 22, 23, 30]) {
        const rows = table(many(count), columns).filter((line) => !line.startsWith("…"));
        const statusAt = rows.map((line) => line.search(/RUNNING|CREATED/));
        const percentAt = rows.map((line) => line.indexOf("45%"));
        expect(new Set(statusAt).size, `${columns} columns, ${count} tasks`).toBe(1);
        expect(new Set(percentAt).size, `${columns} columns, ${count} tasks`).toBe(1);
        expect(percentAt[0]).toBeGreaterThan(0);
        expect(Math.max(...rows.map(displayWidth))).toBeLessThanOrEqual(columns);
      }
    }
  });
});
