import { describe, expect, it, vi } from "vitest";
import {
  type ResolvedWaiterOptions,
  resolveWaiterOptions,
  type TaskWaiterOptions,
} from "../../src/engine/waiter-options.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

const source = { describe: () => Promise.reject(new Error("not called")) };

const resolve = (options: object = {}): ResolvedWaiterOptions =>
  resolveWaiterOptions({ source, ...options } as TaskWaiterOptions);

function refusal(options: unknown): string {
  try {
    resolveWaiterOptions(options as TaskWaiterOptions);
  } catch (error) {
    return error instanceof InvalidOptionError ? error.message : String(error);
  }
  return "accepted";
}

describe("the options of a waiter", () => {
  it("have documented defaults", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.25);
    const { random, ...resolved } = resolve({ rate: undefined, batch: undefined, history: undefined });
    expect(resolved).toEqual({
      source,
      limits: {},
      rate: "adaptive",
      batch: "auto",
      history: [],
      defaults: DEFAULT_WAIT_OPTIONS,
    });
    expect(random()).toBe(0.25);
  });

  it("hold for its waits, in every spelling", () => {
    expect(resolve({ timeout: "5m", waitPriceMs: 7 }).defaults).toEqual({
      ...DEFAULT_WAIT_OPTIONS,
      timeoutMs: 300_000,
      waitPriceMs: 7,
    });
    expect(refusal({ source, timeoutMs: -1 })).toMatch(/^TaskWaiter: timeoutMs must be /);
  });

  it("are these, without those of one wait only", () => {
    const [, known = ""] = /Known are (.*)$/i.exec(refusal({ source, nothingLikeIt: 1 })) ?? [];
    expect(known.split(", ")).toEqual([
      "batch",
      "history",
      "maxInterval",
      "maxIntervalMs",
      "minInterval",
      "minIntervalMs",
      "notFoundGrace",
      "notFoundGraceMs",
      "outageBudget",
      "outageBudgetMs",
      "pollTimeout",
      "pollTimeoutMs",
      "random",
      "rate",
      "source",
      "timeout",
      "timeoutMs",
      "waitPrice",
      "waitPriceMs",
    ]);
    for (const name of ["signal", "resume", "justStarted"]) {
      expect(refusal({ source, [name]: undefined })).toMatch(`TaskWaiter: unknown option "${name}"`);
    }
    expect(refusal(undefined)).toBe("TaskWaiter: options must be an object, got undefined");
  });

  it("keep what the source documents", () => {
    const documented = { ...source, limits: { perSecond: 5, minIntervalMs: 100 } };
    expect(resolve({ source: documented }).limits).toEqual({ perSecond: 5, minIntervalMs: 100 });
  });

  it("keep what was learned, and refuse what was not", () => {
    const history = [{ taskType: "A", durations: [5], judged: 0, reliable: 0 }];
    expect(resolve({ history }).history).toEqual(history);
    expect(refusal({ source, history: "much" })).toMatch(/^TaskWaiter: history: /);
  });

  it.each([[undefined], [null], ["bdrc"], [{}], [{ describe: true }]])(
    "want a source that describes tasks, and not %j",
    (odd) => {
      expect(refusal({ source: odd })).toMatch(
        /^TaskWaiter: source must be an object with a describe function, got /,
      );
    },
  );
});

describe("the rate of a waiter", () => {
  it.each([["adaptive"], [{ perSecond: 0.001 }], [{ perSecond: 10_000 }]])("may be %j", (rate) => {
    expect(resolve({ rate }).rate).toBe(rate);
  });

  it.each([
    [null],
    ["fast"],
    [5],
    [{}],
    [{ perSecond: 0 }],
    [{ perSecond: -1 }],
    [{ perSecond: 10_001 }],
    [{ perSecond: Number.NaN }],
    [{ perSecond: "5" }],
  ])("is not %o", (rate) => {
    expect(refusal({ source, rate })).toMatch(
      /^TaskWaiter: rate must be "adaptive" or \{ perSecond \} with a number above 0 and at most 10000, got /,
    );
  });
});

describe("whether a waiter uses listings", () => {
  it.each([["auto"], ["always"], ["never"]])("may be %s", (batch) => {
    expect(resolve({ batch }).batch).toBe(batch);
  });

  it.each([[null], [true], ["sometimes"]])("is not %j", (batch) => {
    expect(refusal({ source, batch })).toMatch(/^TaskWaiter: batch must be one of auto, never, always, got /);
  });
});

describe("the chance of a waiter", () => {
  it("is the caller's", () => {
    for (const value of [0, 0.5, 0.999]) {
      expect(resolve({ random: () => value }).random()).toBe(value);
    }
  });

  it.each([
    ["gives 1", () => 1],
    ["gives less than 0", () => -0.1],
    ["gives no number", () => Number.NaN],
    ["gives text", () => "0.5"],
    [
      "throws",
      () => {
        throw new Error("no chance");
      },
    ],
  ])("is our own when the caller's %s", (_, random) => {
    vi.spyOn(Math, "random").mockReturnValue(0.25);
    expect(resolve({ random }).random()).toBe(0.25);
  });

  it("must be a function", () => {
    expect(refusal({ source, random: 0.5 })).toBe("TaskWaiter: random must be a function, got 0.5");
  });
});
