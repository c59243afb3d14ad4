import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import {
  abortSignal,
  checkOption,
  checkOptionNames,
  invalidOption,
  issueText,
  nonEmptyString,
  pathText,
  strictOptions,
  unknownOption,
} from "../../src/options/check-options.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

function refusalOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    return error instanceof InvalidOptionError ? error.message : `threw ${String(error)}`;
  }
  return "accepted";
}

const refusal = (
  schema: z.ZodMiniType<unknown>,
  value: unknown,
  name = "start:",
  isHidden?: (path: readonly PropertyKey[]) => boolean,
): string => refusalOf(() => checkOption(schema, value, name, isHidden));

// Schemas are made in the tests and not while the file loads, so that mutants are run by the tests that notice them.
const options = () =>
  strictOptions({
    size: z.exactOptional(z.number()),
    tasks: z.exactOptional(z.array(strictOptions({ taskId: nonEmptyString }))),
  });

describe("a value that a schema accepts", () => {
  it("is given back as the schema reads it", () => {
    expect(checkOption(options(), { size: 5 }, "start:")).toEqual({ size: 5 });
  });

  it("may have names without a value, at any depth, which count as absent", () => {
    const given = { size: undefined, tasks: [{ taskId: "t-1", other: undefined }] };
    const read = checkOption(options(), given, "start:");
    expect(read).toStrictEqual({ tasks: [{ taskId: "t-1" }] });
  });

  it("keeps the places of a list that have no value", () => {
    const list = z.array(z.unknown());
    expect(checkOption(list, [1, undefined, { a: undefined }], "list")).toStrictEqual([1, undefined, {}]);
  });

  it("may be an object without a prototype", () => {
    const bare = Object.assign(Object.create(null), { size: undefined });
    expect(checkOption(options(), bare, "start:")).toEqual({});
  });

  it("stays the same object where nothing is absent, and where it is no plain object", () => {
    const anything = z.custom<unknown>(() => true);
    class Source {
      key = undefined;
    }
    for (const value of [{ a: [{ b: 1 }] }, [1, [2]], new Source(), new Map(), null, 7, "text"]) {
      expect(checkOption(anything, value, "any")).toBe(value);
    }
    const held = new Source();
    const read = checkOption(anything, { held, absent: undefined }, "any") as { held: Source };
    expect(read.held).toBe(held);
    expect(Object.keys(read)).toEqual(["held"]);
  });

  it("may hold an object twice, and itself", () => {
    const anything = z.custom<unknown>(() => true);
    const shared = { a: 1, absent: undefined };
    const twice = checkOption(anything, { one: shared, two: shared }, "any") as Record<string, object>;
    expect(twice).toStrictEqual({ one: { a: 1 }, two: { a: 1 } });
    expect(twice["one"]).toBe(twice["two"]);
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(checkOption(anything, circle, "any")).toBe(circle);
  });

  it("is left as it is deeper than twenty levels", () => {
    const anything = z.custom<unknown>(() => true);
    const nested = (depth: number): object =>
      depth === 0 ? { absent: undefined } : { inner: nested(depth - 1) };
    const innermost = (value: unknown, depth: number): object =>
      depth === 0 ? (value as object) : innermost((value as { inner: unknown }).inner, depth - 1);
    const read = (depth: number): object => innermost(checkOption(anything, nested(depth), "any"), depth);
    expect(Object.keys(read(20))).toEqual([]);
    expect(Object.keys(read(21))).toEqual(["absent"]);
  });
});

describe("a value that a schema refuses", () => {
  it("is named by what takes the options and by its path", () => {
    expect(refusal(options(), { size: "big" })).toBe('start: size must be of type number, got "big"');
    expect(refusal(options(), { tasks: [{ taskId: "t-1" }, { taskId: "" }] })).toBe(
      'start: tasks[1].taskId must be a non-empty string, got ""',
    );
    expect(refusal(options(), 7)).toBe("start: options must be of type object, got 7");
  });

  it("is named by its own name where it has one", () => {
    expect(refusal(options(), { size: "big" }, "scenario")).toBe(
      'scenario.size must be of type number, got "big"',
    );
    expect(refusal(options(), 7, "scenario")).toBe("scenario must be of type object, got 7");
    expect(refusal(nonEmptyString, 7, "scenario: name")).toBe(
      "scenario: name must be a non-empty string, got 7",
    );
  });

  it("may be a name that nothing reads, at any depth", () => {
    expect(refusal(options(), { sise: 5 })).toBe(
      'start: unknown option "sise"; did you mean "size"? Known are size, tasks',
    );
    expect(refusal(options(), { tasks: [{ taskId: "t-1", wholly: 1 }] })).toBe(
      'start.tasks[0]: unknown option "wholly"; known are taskId',
    );
    expect(refusal(options(), { sise: 5 }, "scenario")).toMatch(/^scenario: unknown option "sise"; /);
  });

  it.each<[string, z.ZodMiniType<unknown>, unknown, string]>([
    ["says which type it must have", z.boolean(), 7, "must be of type boolean, got 7"],
    ["says which values there are", z.enum(["a", "b"]), "c", 'must be "a" or "b", got "c"'],
    ["says the least", z.number().check(z.gte(1)), 0, "must be at least 1, got 0"],
    ["says the most", z.number().check(z.lte(9)), 10, "must be at most 9, got 10"],
    ["says the pattern", z.string().check(z.regex(/^a/)), "b", 'must match /^a/, got "b"'],
    ["says the format", z.url(), "b", 'must match url, got "b"'],
    ["says the rule in the schema's own words", z.string("must be a name"), 7, "must be a name, got 7"],
    [
      "says so where it has no words for it",
      z.number().check(z.multipleOf(2)),
      3,
      "must be one of the documented forms, got 3",
    ],
    [
      "does not repeat words that are no rule",
      z.custom<unknown>(() => false, "no, it must not"),
      3,
      "must be one of the documented forms, got 3",
    ],
  ])("%s", (_, schema, value, text) => {
    expect(refusal(schema, value, "limit")).toBe(`limit ${text}`);
  });
});

describe("a value that fits no branch of a union", () => {
  const model = () =>
    z.union([
      z.enum(["even", "odd"]),
      strictOptions({ steps: z.array(z.number()) }),
      z.discriminatedUnion("kind", [
        strictOptions({ kind: z.literal("even"), minMs: z.number() }),
        strictOptions({ kind: z.literal("odd"), meanMs: z.number().check(z.gte(1)) }),
      ]),
    ]);

  it("is told the rule of the branch that it was meant for", () => {
    expect(refusal(model(), { kind: "odd", meanMs: 0 }, "model")).toBe(
      "model.meanMs must be at least 1, got 0",
    );
    expect(refusal(model(), { steps: [1, "x"] }, "model")).toBe(
      'model.steps[1] must be of type number, got "x"',
    );
    expect(refusal(model(), { kind: "even", minMs: 0, max: 1 }, "model")).toMatch(
      /^model: unknown option "max"; /,
    );
  });

  it("is told that its kind is none, and not what it lacks of another branch", () => {
    expect(refusal(model(), { kind: "new" }, "model")).toBe(
      'model.kind must be one of the documented forms, got "new"',
    );
  });

  it("is told where in an outer object it is", () => {
    const outer = strictOptions({ models: z.array(model()) });
    expect(refusal(outer, { models: ["even", { steps: [1, "x"] }] })).toBe(
      'start: models[1].steps[1] must be of type number, got "x"',
    );
  });

  it("is told the rule of the first of two branches that it fits as badly", () => {
    const spread = z.union([
      strictOptions({ kind: z.literal("wide"), size: z.number() }),
      strictOptions({ kind: z.literal("narrow"), size: z.string() }),
    ]);
    expect(refusal(spread, { kind: "wide", size: true }, "spread")).toBe(
      "spread.size must be of type number, got true",
    );
  });

  it("is told a rule of the branch of its own type where that got no further", () => {
    const either = z.union([z.boolean(), z.number().check(z.gte(1))]);
    expect(refusal(either, 0, "limit")).toBe("limit must be at least 1, got 0");
    expect(refusal(either, "x", "limit")).toBe('limit must be one of the documented forms, got "x"');
    const named = z.union([z.literal("auto"), z.number().check(z.gte(1))]);
    expect(refusal(named, 0, "limit")).toBe("limit must be at least 1, got 0");
  });
});

describe("a schema that names a place", () => {
  it.each([[{}], [{ a: null }], [{ a: "text" }]])(
    "which %j does not have says that nothing is there",
    (value) => {
      const odd = z
        .custom<unknown>()
        .check(z.refine(() => false, { path: ["a", "b"], message: "must be there" }));
      expect(refusal(odd, value, "options")).toBe("options.a.b must be there, got undefined");
    },
  );
});

describe("a value in a message", () => {
  const shown = (value: unknown): string => invalidOption("start: x", "is odd", value).message;

  it.each([
    ["text", "te\u001bxt", '"te\\u{1b}xt"'],
    ["a number", 5, "5"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a list, by its length", ["secret"], "a list of 1"],
    ["an object, by its names", { b: "secret", a: 1 }, 'an object with "b", "a"'],
    ["an empty object", {}, "an object with no keys"],
  ])("is %s", (_, value, text) => {
    expect(shown(value)).toBe(`start: x is odd, got ${text}`);
  });

  it("names twenty keys of an object at most", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, at]));
    expect(shown(many)).toMatch(/"k19"$/);
  });

  it.each([
    ["text", "s3cret", "string"],
    ["an empty text", "", "empty string"],
    ["null", null, "null"],
    ["a list", ["s3cret"], "array"],
    ["an object", { s3cret: 1 }, "object"],
    ["a number", 5, "number"],
  ])("is only a type where the option's name says that it is a secret: %s", (_, value, type) => {
    for (const where of ["client: accessKeySecret", "tokens", "client: SECRET"]) {
      expect(invalidOption(where, "is odd", value).message).toBe(
        `${where} is odd, got a value of type ${type}`,
      );
    }
  });

  it("is shown where only what takes the option is called so", () => {
    expect(invalidOption("secrets: size", "is odd", 5).message).toBe("secrets: size is odd, got 5");
    expect(invalidOption("size (of a token)", "is odd", 5).message).toMatch(/ got 5$/);
  });

  it("is hidden where the caller says so, and shown where the caller says that it is no secret", () => {
    expect(refusal(options(), { size: "big" }, "start:", ([name]) => name === "size")).toBe(
      "start: size must be of type number, got a value of type string",
    );
    expect(refusal(options(), { size: "big" }, "start:", ([name]) => name === "tasks")).toMatch(/got "big"$/);
    const keys = strictOptions({ secret: z.number() });
    expect(refusal(keys, { secret: "x" }, "start:", () => false)).toMatch(/got a value of type string$/);
    expect(invalidOption("secret", "is odd", "x", false).message).toBe('secret is odd, got "x"');
  });
});

describe("the names of options", () => {
  const known = new Set(["rate", "batch"]);
  const refused = (options: unknown): string => refusalOf(() => checkOptionNames(options, known, "start"));

  it("are those that something reads", () => {
    expect(refused({})).toBe("accepted");
    expect(refused({ rate: 1, batch: undefined })).toBe("accepted");
    expect(refused({ rate: 1, bach: 1 })).toBe(
      'start: unknown option "bach"; did you mean "batch"? Known are batch, rate',
    );
  });

  it.each([
    [null, "null"],
    [undefined, "undefined"],
    ["rate", '"rate"'],
    [["rate"], "a list of 1"],
  ])("are of an object, and not of %j", (options, got) => {
    expect(refused(options)).toBe(`start: options must be an object, got ${got}`);
  });

  it("are all listed, in order, where none is like the one that was given", () => {
    expect(unknownOption("xyzzy\u001b", ["b", "a"])).toBe('unknown option "xyzzy\\u{1b}"; known are a, b');
  });
});

describe("an AbortSignal in options", () => {
  const schema = () => strictOptions({ signal: abortSignal });

  it("may be of any realm", () => {
    expect(refusal(schema(), { signal: new AbortController().signal })).toBe("accepted");
    class Signal {
      addEventListener(): void {}
    }
    expect(refusal(schema(), { signal: new Signal() })).toBe("accepted");
  });

  it.each([[null], ["stop"], [{}], [{ addEventListener: true }], [() => {}]])("is not %o", (signal) => {
    expect(refusal(schema(), { signal })).toMatch(/^start: signal must be an AbortSignal, got /);
  });
});

describe("where a value is wrong", () => {
  it("is written as in code, and can be shown", () => {
    expect(pathText(["tasks", 2, "taskId"])).toBe(".tasks[2].taskId");
    expect(pathText(["\u001b[2J"])).toBe(".\\u{1b}[2J");
    expect(pathText(["x".repeat(200)])).toHaveLength(81);
    expect(pathText([Symbol("s")])).toBe(".Symbol(s)");
    expect(pathText([])).toBe("");
  });

  it("comes before what a schema says of it", () => {
    const issue = { message: "is odd", path: ["a", { key: 0 }, { key: "b" }] };
    expect(issueText(issue)).toBe("a[0].b: is odd");
    expect(issueText(issue, "result")).toBe("result.a[0].b: is odd");
    expect(issueText({ message: "is odd", path: [0, "a"] })).toBe("[0].a: is odd");
  });

  it("is left out where the whole value is wrong", () => {
    expect(issueText({ message: "is odd" })).toBe("is odd");
    expect(issueText({ message: "is odd" }, "result")).toBe("result: is odd");
    expect(issueText(undefined)).toBe("no match");
  });

  it("and what is said of it can be shown, and are cut", () => {
    expect(issueText({ message: "odd\u001b", path: ["a\u001b"] })).toBe("a\\u{1b}: odd\\u{1b}");
    const long = issueText({ message: "is odd", path: Array.from({ length: 100 }, () => "step") });
    expect(long).toMatch(/…: is odd$/);
    expect(long).toHaveLength(208);
  });
});
