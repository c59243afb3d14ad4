import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskView } from "../../src/cli/progress/progress-state.ts";
import { restRow, taskRow } from "../../src/cli/progress/task-row.ts";
import { plain } from "../../src/cli/terminal/color.ts";
import { displayWidth } from "../../src/cli/terminal/display-width.ts";

const drawBar = (progress: number, columns: number): string => {
  const full = Math.round(progress * columns);
  return "#".repeat(full) + "-".repeat(columns - full);
};

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

function row(view: TaskView, columns: number, nowMs = 13_000): string {
  return taskRow(view, { columns, nowMs, color: plain, drawBar });
}

describe("taskRow", () => {
  it("shows id, status, bar, percent, ETA and calls within 79 columns", () => {
    expect(row(running, 79)).toBe(
      "⠋ t-0000e4w0u1v592zdf6s7  RUNNING   #######---------   45%  ETA 21s     7 calls",
    );
  });

  it("shows the name too where there is room", () => {
    expect(row(running, 120)).toContain("  nightly inventory  RUNNING ");
  });

  it("leaves out the calls, the time, the bar and the percentage, in this order, when it gets narrow", () => {
    expect(row(running, 65)).not.toContain("calls");
    expect(row(running, 65)).toContain("ETA");
    expect(row(running, 52)).not.toContain("ETA");
    expect(row(running, 52)).toContain("#");
    expect(row(running, 40)).not.toContain("#");
    expect(row(running, 40)).toContain("45%");
  });

  it("says how long it has gone on when nobody knows the end", () => {
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
    ["timedOut", "RUNNING", "✖", "timeout"],
    ["notFound", "RUNNING", "✖", "unknown"],
    ["unreachable", "RUNNING", "✖", "no reply"],
    ["aborted", "RUNNING", "✖", "aborted"],
    ["denied", "RUNNING", "✖", "denied"],
  ] as const)("marks the end %s", (kind, status, mark, word) => {
    const shown = row({ ...running, status, ended: { kind, atMs: 10_000 } }, 79);

    expect(shown.startsWith(`${mark} `)).toBe(true);
    expect(shown).toContain(`  ${word}`);
    expect(shown).toContain("in 9s");
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
    const shown = row({ ...running, name: "备份中心资源盘点任务" }, 110);

    expect(displayWidth(shown)).toBeLessThanOrEqual(110);
    expect(shown).toContain("备份中心资源盘点任务");
  });
});

describe("restRow", () => {
  it("sums up the tasks that have no row", () => {
    const created = { ...running, status: "CREATED" };

    expect(restRow([running, created, running], 60, plain)).toBe("… 3 more: 2 running, 1 created");
  });

  it("is cut to the terminal", () => {
    expect(displayWidth(restRow([running], 12, plain))).toBe(12);
  });
});
