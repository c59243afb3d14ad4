import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodeOf, exitCodeOfAll, exitCodeOfAny } from "../../src/cli/errors/exit-code.ts";
import { inFlagWords, parseRate, waitOptionsOf, waitSettingsOf } from "../../src/cli/flags/wait-settings.ts";
import { wantsColor } from "../../src/cli/terminal/color.ts";
import { displayWidth, fitWidth, padWidth } from "../../src/cli/terminal/display-width.ts";
import { makeResultWriter } from "../../src/cli/terminal/result-writer.ts";
import { safeJson, safeJsonPretty } from "../../src/cli/terminal/safe-json.ts";
import { reopened } from "../../src/cli/waiting/checkpoint-frame.ts";
import { OUTCOME_KINDS, type Outcome, type Task, type WaitCheckpoint } from "../../src/index.ts";

const task: Task = { taskId: "t-1", taskStatus: "COMPLETE" };
const outcome = (kind: string): Outcome => ({ kind, task, error: new Error(kind) }) as unknown as Outcome;

describe("exit codes", () => {
  it.each([
    ["complete", 0],
    ["failed", 1],
    ["expired", 3],
    ["canceled", 4],
    ["unreachable", 5],
    ["notFound", 6],
    ["denied", 7],
    ["timedOut", 124],
    ["aborted", 130],
  ])("%s is %i", (kind, code) => {
    expect(exitCodeOf(outcome(kind))).toBe(code);
  });

  it("know every kind of outcome", () => {
    for (const kind of OUTCOME_KINDS) {
      expect(exitCodeOf(outcome(kind))).toBeTypeOf("number");
    }
  });

  it("of several are that of the first that did not complete, unless any is enough", () => {
    const outcomes = ["complete", "expired", "failed"].map(outcome);

    expect(exitCodeOfAll(outcomes)).toBe(3);
    expect(exitCodeOfAny(outcomes)).toBe(0);
    expect(exitCodeOfAny(outcomes.slice(1))).toBe(3);
    expect(exitCodeOfAll([])).toBe(0);
  });
});

describe("safeJson", () => {
  it("parses to the same value and holds nothing that a terminal obeys", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
        const both = { value, text };
        for (const json of [safeJson(both), safeJsonPretty(both)]) {
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(both)));
          expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
        expect(safeJson(both)).not.toContain("\n");
      }),
      { numRuns: 50 },
    );
  });

  it("escapes tag characters beyond the basic plane as pairs", () => {
    expect(safeJson("\u{e0041}")).toBe(String.raw`"\udb40\udc41"`);
  });
});

describe("displayWidth", () => {
  it.each([
    ["abc", 3],
    ["备份", 4],
    ["é", 1],
    ["👩‍👩‍👧", 2],
    ["ﾊ", 1],
    ["한국", 4],
    ["✔", 1],
    ["█░", 2],
  ])("%s takes %i columns", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it("cuts between characters, with an ellipsis, and pads to the exact width", () => {
    expect(fitWidth("备份中心", 5)).toBe("备份…");
    expect(displayWidth(padWidth("备份中心", 6))).toBe(6);
    expect(fitWidth("abc", 3)).toBe("abc");
    expect(fitWidth("abc", 0)).toBe("");
  });
});

describe("colours", () => {
  it.each([
    ["always", { NO_COLOR: "1" }, false, true],
    ["never", { FORCE_COLOR: "1" }, true, false],
    ["auto", {}, true, true],
    ["auto", {}, false, false],
    ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["auto", { NO_COLOR: "" }, true, true],
    ["auto", { FORCE_COLOR: "1" }, false, true],
    ["auto", { FORCE_COLOR: "0" }, true, false],
    ["auto", { TERM: "dumb" }, true, false],
  ] as const)("--color %s with %j on a terminal (%s): %s", (choice, env, isTerminal, expected) => {
    expect(wantsColor(choice, env, isTerminal)).toBe(expected);
  });
});

describe("flags", () => {
  it("become the library's options", () => {
    expect(waitOptionsOf({ timeout: "1h30m", waitPrice: "5s", notFoundGrace: "0" })).toEqual({
      timeoutMs: 5_400_000,
      waitPriceMs: 5000,
      notFoundGraceMs: 0,
    });
    expect(waitSettingsOf({ pollTimeout: "30s" }).callTimeout).toEqual({ callTimeoutMs: 30_000 });
    expect(waitSettingsOf({}).callTimeout).toEqual({});
  });

  it.each([
    ["20/s", 20],
    ["20", 20],
    ["1200/min", 20],
    ["30/m", 0.5],
    ["0.5/s", 0.5],
  ])("--rate %s is %d a second", (text, perSecond) => {
    expect(parseRate(text)).toBe(perSecond);
  });

  it.each(["", "0", "-1", "20/h", "fast", "1e3", "20 /s", "10001/s"])("--rate %j is refused", (text) => {
    expect(() => parseRate(text)).toThrow(/--rate must be calls per second or minute/);
  });

  it("give the library's messages their names", () => {
    expect(inFlagWords("wait: waitPriceMs must be more than 0")).toBe(
      "wait: --wait-price must be more than 0",
    );
  });
});

describe("text results", () => {
  const lines = (...outcomes: Outcome[]): string[] => {
    const written: string[] = [];
    makeResultWriter(
      "text",
      (line) => written.push(line),
      () => 0,
    ).end({
      exitCode: 0,
      waitedMs: 1,
      calls: 1,
      results: outcomes.map((one) => ({ taskId: "t-1", calls: 1, outcome: one })),
    });
    return written;
  };

  it("are one line for each task that has ended, and none for one that may still run", () => {
    const running = { ...outcome("timedOut"), task: { ...task, taskStatus: "RUNNING" } } as Outcome;

    expect(lines(outcome("complete"), running, outcome("notFound"))).toEqual(["t-1 COMPLETE"]);
  });

  it("hold the digits that the service sent, on one line", () => {
    const sent =
      '{ "id": 1234567890123456789,\n "max": 9223372036854775807, "huge": 1e400, "text": "a \\" b" }';
    const complete: Outcome = {
      kind: "complete",
      task: { ...task, taskResult: sent, result: JSON.parse(sent) },
    };

    expect(lines(complete)).toEqual([
      't-1 COMPLETE {"id":1234567890123456789,"max":9223372036854775807,"huge":1e400,"text":"a \\" b"}',
    ]);
  });

  it("hold the result as JSON, or as a JSON string when it is none", () => {
    const complete = (fields: Partial<Task>): Outcome => ({ kind: "complete", task: { ...task, ...fields } });

    expect(lines(complete({ taskResult: '{ "a": 1 }', result: { a: 1 } }))).toEqual(['t-1 COMPLETE {"a":1}']);
    expect(lines(complete({ taskResult: "two\nlines" }))).toEqual([String.raw`t-1 COMPLETE "two\nlines"`]);
    expect(lines(complete({ taskResult: "null", result: null }))).toEqual(["t-1 COMPLETE null"]);
  });
});

describe("a checkpoint that is taken up again", () => {
  const kept = { version: 2, taskId: "t-1", deadlineMs: 5000, contactAtMs: 10 } as WaitCheckpoint;

  it("keeps its deadline while that lies ahead, and gets a new one otherwise", () => {
    expect(reopened(kept, 1000, 60_000).deadlineMs).toBe(5000);
    expect(reopened(kept, 6000, 60_000).deadlineMs).toBe(66_000);
    expect(reopened(kept, 1000, 60_000, 2000).deadlineMs).toBe(2000);
  });

  it("counts an outage from now on, not from when nobody asked", () => {
    expect(reopened(kept, 4000, 60_000).contactAtMs).toBe(4000);
  });

  it("is open again after a timeout, but not after the task's own end", () => {
    const timedOut = { ...kept, ended: { kind: "timedOut", message: "" } } as const;
    const failed = { ...kept, ended: { kind: "failed", message: "" } } as const;

    expect(reopened(timedOut, 1000, 60_000).ended).toBeUndefined();
    expect(reopened(failed, 1000, 60_000)).toEqual(failed);
  });
});
