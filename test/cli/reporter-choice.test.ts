import process from "node:process";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CallCount } from "../../src/cli/progress/call-count.ts";
import { LineReporter } from "../../src/cli/progress/line-reporter.ts";
import { ProgressState } from "../../src/cli/progress/progress-state.ts";
import { loadReporter } from "../../src/cli/progress/reporter-choice.ts";
import { RowReporter } from "../../src/cli/progress/row-reporter.ts";

const { stderr } = process;
const before = new Map(
  ["isTTY", "columns", "rows"].map((name) => [name, Object.getOwnPropertyDescriptor(stderr, name)]),
);

function be(name: string, value: unknown): void {
  Object.defineProperty(stderr, name, { value, configurable: true, writable: true });
}

beforeEach(() => {
  vi.spyOn(stderr, "write").mockReturnValue(true);
  vi.stubEnv("TERM", "xterm");
  vi.stubEnv("CI", "");
  be("isTTY", true);
});

afterEach(() => {
  for (const [name, descriptor] of before) {
    Reflect.deleteProperty(stderr, name);
    if (descriptor !== undefined) {
      Object.defineProperty(stderr, name, descriptor);
    }
  }
});

async function chosen(): Promise<unknown> {
  const make = await loadReporter({ progress: true, color: "never", logIntervalMs: 1000 });
  const reporter = make(new ProgressState(["t-1"], 0, new CallCount()));
  reporter.finish();
  return reporter;
}

it.each([
  ["true", LineReporter],
  ["woodpecker", LineReporter],
  ["false", RowReporter],
  ["0", RowReporter],
  ["", RowReporter],
])("a terminal whose output a build keeps as a log (CI=%s) gets lines", async (value, kind) => {
  vi.stubEnv("CI", value);

  expect(await chosen()).toBeInstanceOf(kind);
});

it.each([
  [1, LineReporter],
  [2, RowReporter],
])("a terminal of %s rows gets live rows only where one fits beside the cursor", async (rows, kind) => {
  be("rows", rows);

  expect(await chosen()).toBeInstanceOf(kind);
});

it.each([
  [0, LineReporter],
  [1, LineReporter],
  [19, LineReporter],
  [20, RowReporter],
  [undefined, RowReporter],
])("a terminal of %s columns gets rows only where they say something", async (columns, kind) => {
  be("columns", columns);

  expect(await chosen()).toBeInstanceOf(kind);
});
