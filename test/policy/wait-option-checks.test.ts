import { describe, expect, it } from "vitest";
import {
  DEFAULT_WAIT_OPTIONS,
  type ResolvedWaitOptions,
  resolveTaskWaitOptions,
  resolveWaitOptions,
  TASK_WAIT_OPTION_NAMES,
  type TaskWaitOptions,
  WAIT_OPTION_NAMES,
  type WaitOptions,
  withLimits,
} from "../../src/policy/state/wait-options.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

const TEN_YEARS_MS = 315_360_000_000;

const DURATIONS = [
  "timeout",
  "pollTimeout",
  "waitPrice",
  "minInterval",
  "maxInterval",
  "outageBudget",
  "notFoundGrace",
] as const;
const MORE_THAN_NONE = ["pollTimeout", "waitPrice", "maxInterval"] as const;

const resolve = (options: unknown): ResolvedWaitOptions => resolveWaitOptions(options as WaitOptions);
const refusal = (options: unknown): string => refusalOf(() => resolve(options));

function refusalOf(resolving: () => unknown): string {
  try {
    resolving();
  } catch (error) {
    return error instanceof InvalidOptionError ? error.message : String(error);
  }
  return "accepted";
}

/** Options that leave room for a duration of any length. */
const around = (name: string, value: unknown): object =>
  name.startsWith("minInterval") ? { maxIntervalMs: TEN_YEARS_MS, [name]: value } : minNone(name, value);
const minNone = (name: string, value: unknown): object => ({ minIntervalMs: 0, [name]: value });

describe("the options of a wait", () => {
  it("have documented defaults, which nobody can change", () => {
    expect(resolveWaitOptions()).toEqual({
      timeoutMs: 86_400_000,
      pollTimeoutMs: 10_000,
      waitPriceMs: 500,
      minIntervalMs: 200,
      maxIntervalMs: 300_000,
      outageBudgetMs: 300_000,
      notFoundGraceMs: 30_000,
    });
    expect(Object.isFrozen(DEFAULT_WAIT_OPTIONS)).toBe(true);
    expect(Object.isFrozen(resolveWaitOptions())).toBe(true);
  });

  it("take the defaults of a waiter where they say nothing, and replace them where they do", () => {
    const defaults = { ...DEFAULT_WAIT_OPTIONS, timeoutMs: 7, waitPriceMs: 8 };
    const resolved = resolveWaitOptions({ waitPriceMs: undefined, timeout: "9ms" }, defaults);
    expect(resolved).toEqual({ ...defaults, timeoutMs: 9 });
  });

  it("are these, and no others", () => {
    const names = ["signal", "resume", "justStarted", ...DURATIONS.flatMap((name) => [name, `${name}Ms`])];
    expect([...WAIT_OPTION_NAMES].sort()).toEqual(names.sort());
    expect([...TASK_WAIT_OPTION_NAMES].sort()).toEqual([...names, "result"].sort());
    expect(refusal({ timeuot: 1 })).toMatch(
      /^wait: unknown option "timeuot"; did you mean "timeout"\? Known are justStarted, /,
    );
    expect(refusal({ result: {} })).toMatch(/^wait: unknown option "result"/);
  });

  it.each([null, [], 7])("must be an object, not %j", (options) => {
    expect(refusal(options)).toMatch(/^wait: options must be an object, got /);
  });

  it("are refused in the name of what takes them", () => {
    const defaults = DEFAULT_WAIT_OPTIONS;
    const refused = (options: object): string =>
      refusalOf(() => resolveWaitOptions(options, defaults, "waitForTask"));
    expect(refused({ odd: 1 })).toMatch(/^waitForTask: unknown option/);
    expect(refused({ timeoutMs: -1 })).toMatch(/^waitForTask: timeoutMs /);
    expect(refused({ timeout: "soon" })).toMatch(/^waitForTask: timeout /);
    expect(refused({ signal: {} })).toMatch(/^waitForTask: signal /);
  });
});

describe.each(DURATIONS)("%s", (name) => {
  const key = `${name}Ms` as const;
  const read = (name: string, value: unknown): number => resolve(around(name, value))[key];

  it("is a number of milliseconds or a text", () => {
    expect(read(key, 1500)).toBe(1500);
    expect(read(name, "1500ms")).toBe(1500);
    expect(read(name, "1m30s")).toBe(90_000);
  });

  it("is ten years at most", () => {
    expect(read(key, TEN_YEARS_MS)).toBe(TEN_YEARS_MS);
    expect(refusal(around(key, TEN_YEARS_MS + 1))).toMatch(/^wait: \w+Ms must be .*, got 315360000001$/);
    expect(refusal(around(name, "3651d"))).toMatch(/^wait: \w+Ms must be .*, got "3651d"$/);
  });

  it("is no other number and no other type", () => {
    const rule = (MORE_THAN_NONE as readonly string[]).includes(name) ? "more than 0" : "at least 0";
    for (const [value, got] of [
      [-1, "-1"],
      [Number.NaN, "NaN"],
      ["5", '"5"'],
      [null, "null"],
      [5n, "5"],
    ] as const) {
      expect(refusal(around(key, value))).toBe(
        `wait: ${key} must be a number of milliseconds, ${rule} and at most ${TEN_YEARS_MS} (10 years), got ${got}`,
      );
    }
  });

  it("is a text of another kind than the number, and they are not given together", () => {
    expect(refusal(around(name, 1500))).toBe(
      `wait: ${name} must be a string such as "90s" (use ${key} for numbers), got 1500`,
    );
    expect(refusal(around(name, "soon"))).toMatch(`wait: ${name} must be a duration such as "90s", `);
    expect(refusal({ [name]: "1s", [key]: 1000 })).toBe(`wait: give ${key} or ${name}, not both`);
    expect(read(name, undefined)).toBe(DEFAULT_WAIT_OPTIONS[key]);
  });
});

describe("a duration of nothing", () => {
  it.each(MORE_THAN_NONE)("makes no sense for %s", (name) => {
    expect(refusal(minNone(`${name}Ms`, 0))).toMatch(/, more than 0 and at most .*, got 0$/);
    expect(refusal(minNone(name, "0"))).toMatch(/, more than 0 and at most .*, got "0"$/);
  });

  it.each(DURATIONS.filter((name) => !(MORE_THAN_NONE as readonly string[]).includes(name)))(
    "is one for %s",
    (name) => {
      expect(resolve({ [`${name}Ms`]: 0 })[`${name}Ms`]).toBe(0);
      expect(resolve({ [name]: "0" })[`${name}Ms`]).toBe(0);
    },
  );
});

describe("the shortest interval", () => {
  it("may be as long as the longest, and no longer", () => {
    expect(resolve({ minIntervalMs: 300_000 }).minIntervalMs).toBe(300_000);
    expect(refusal({ minIntervalMs: 5000, maxInterval: "2s" })).toBe(
      "wait: minIntervalMs (5000) must not exceed maxIntervalMs (2000)",
    );
  });

  it("is that of the service where it documents a longer one, and the longest is not below it", () => {
    const given = resolveWaitOptions({ minIntervalMs: 1000, maxIntervalMs: 2000 });
    expect(withLimits(given, {})).toBe(given);
    expect(withLimits(given, { minIntervalMs: 1000 })).toBe(given);
    const limited = withLimits(given, { minIntervalMs: 1500 });
    expect(limited).toEqual({ ...given, minIntervalMs: 1500 });
    expect(Object.isFrozen(limited)).toBe(true);
    expect(withLimits(given, { minIntervalMs: 5000 })).toEqual({
      ...given,
      minIntervalMs: 5000,
      maxIntervalMs: 5000,
    });
  });
});

describe("the signal of a wait", () => {
  it("is an AbortSignal of any realm, or none", () => {
    const ofAnotherRealm = { aborted: false, addEventListener: () => {} };
    for (const signal of [undefined, new AbortController().signal, ofAnotherRealm]) {
      expect(refusal({ signal })).toBe("accepted");
    }
  });

  it.each([
    [null],
    ["abort"],
    [{}],
    [{ aborted: false }],
    [{ addEventListener: () => {} }],
    [{ aborted: "no", addEventListener: () => {} }],
    [Object.assign(() => {}, { aborted: false, addEventListener: () => {} })],
  ])("is not %o", (signal) => {
    expect(refusal({ signal })).toMatch(/^wait: signal must be an AbortSignal, got /);
  });
});

describe("what is said of a task that was just started", () => {
  it.each([[undefined], [true], [false], [{}], [{ taskType: undefined }], [{ taskType: "COPY" }]])(
    "may be %j",
    (justStarted) => {
      expect(refusal({ justStarted })).toBe("accepted");
    },
  );

  it.each([[null], ["yes"], [1], [{ taskType: 7 }], [{ taskType: null }]])("is not %j", (justStarted) => {
    expect(refusal({ justStarted })).toMatch(
      /^wait: justStarted must be true, false or \{ taskType \} with a string, got /,
    );
  });
});

describe("the schema of a result", () => {
  const refused = (options: unknown): string =>
    refusalOf(() => resolveTaskWaitOptions(options as TaskWaitOptions, DEFAULT_WAIT_OPTIONS, "waitForTask"));
  const standard = { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) };

  it("is one of Standard Schema, an object or a function", () => {
    for (const result of [
      undefined,
      { "~standard": standard },
      Object.assign(() => {}, { "~standard": standard }),
    ]) {
      expect(refused({ result })).toBe("accepted");
    }
  });

  it.each([
    [null],
    ["schema"],
    [{}],
    [{ "~standard": null }],
    [{ "~standard": { ...standard, version: 2 } }],
    [{ "~standard": { ...standard, validate: "yes" } }],
  ])("is not %o", (result) => {
    expect(refused({ result })).toMatch(
      /^waitForTask: result must be a Standard Schema, such as one of zod, valibot or arktype, got /,
    );
  });

  it("comes beside the options of the wait, which are checked in the same name", () => {
    const options = { result: { "~standard": standard }, timeoutMs: 5 } as TaskWaitOptions;
    expect(resolveTaskWaitOptions(options, DEFAULT_WAIT_OPTIONS, "waitForTask").timeoutMs).toBe(5);
    expect(refused({ timeoutMs: -5 })).toMatch(/^waitForTask: timeoutMs /);
    expect(refused({ odd: 1 })).toMatch(/^waitForTask: unknown option "odd"; known are .*, result, /);
    expect(refused(null)).toBe("waitForTask: options must be an object, got null");
  });
});
