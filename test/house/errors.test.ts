import { describe, expect, it } from "vitest";
import * as exported from "../../src/task/errors.ts";

type ErrorClass = new (message: string, details: Record<string, unknown>) => exported.TaskwaitError;

const values: unknown[] = Object.values(exported);

const classes = values.filter(
  (value): value is ErrorClass => typeof value === "function" && value.prototype instanceof Error,
);

const made = classes.map((Class) => ({ Class, error: new Class("It failed.", {}) }));
const named = made.map((one) => [one.Class.name, one] as const);

describe("the family of errors", () => {
  it("is found by this test", () => {
    expect(classes.length).toBeGreaterThan(5);
  });

  it.each(named)("%s bears its own name", (_, { Class, error }) => {
    expect(error.name).toBe(Class.name);
    expect(String(error)).toBe(`${Class.name}: It failed.`);
  });

  it.each(named)("%s is a TaskwaitError, to instanceof and to the guard", (_, { error }) => {
    expect(error).toBeInstanceOf(exported.TaskwaitError);
    expect(exported.isTaskwaitError(error)).toBe(true);
  });

  it("has one code for each class", () => {
    const codes = made.map(({ error }) => error.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^[A-Z]+(?:_[A-Z]+)*$/.test(code))).toEqual([]);
  });

  it.each(named.filter(([name]) => name !== "TaskwaitError"))(
    "is%s knows its own class and no other",
    (_, { Class, error }) => {
      const guard = Object.entries(exported).find(([name]) => name === `is${Class.name}`)?.[1];
      const knows = guard as (candidate: unknown) => boolean;
      expect(knows(error)).toBe(true);
      expect(made.filter((other) => other.Class !== Class && knows(other.error))).toEqual([]);
      expect(knows(new Error("It failed."))).toBe(false);
    },
  );
});
