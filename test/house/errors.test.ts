import { describe, expect, it } from "vitest";
import * as exported from "../../src/task/errors.ts";

type ErrorClass = new (message: string, details: Record<string, unknown>) => exported.TaskwaitError;

// ApiError is a second name of BdrcApiError.
const values: unknown[] = [...new Set<unknown>(Object.values(exported))];

const classes = values.filter(
  (value): value is ErrorClass => typeof value === "function" && value.prototype instanceof Error,
);

const made = classes.map((Class) => ({ Class, error: new Class("It failed.", {}) }));

describe("the family of errors", () => {
  it("is found by this test", () => {
    expect(classes.length).toBeGreaterThan(5);
  });

  it("bear their own names", () => {
    const wrong = made.filter(
      ({ Class, error }) => error.name !== Class.name || String(error) !== `${Class.name}: It failed.`,
    );
    expect(
      wrong.map(({ Class }) => Class.name),
      "set `name` to the name of the class",
    ).toEqual([]);
  });

  it("are TaskwaitErrors, to instanceof and to the guard", () => {
    const wrong = made.filter(
      ({ error }) => !(error instanceof exported.TaskwaitError && exported.isTaskwaitError(error)),
    );
    expect(
      wrong.map(({ Class }) => Class.name),
      "extend TaskwaitError",
    ).toEqual([]);
  });

  it("has one code for each class", () => {
    const codes = made.map(({ error }) => error.code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^[A-Z]+(?:_[A-Z]+)*$/.test(code))).toEqual([]);
  });

  it("have a guard each that knows its own class and no other", () => {
    const wrong = made.filter(({ Class, error }) => {
      const guard = Object.entries(exported).find(([name]) => name === `is${Class.name}`)?.[1];
      const knows = guard as ((candidate: unknown) => boolean) | undefined;
      const others = made.filter((other) => other.Class !== Class && knows?.(other.error));
      const isExact = knows?.(error) === true && others.length === 0 && !knows(new Error("It failed."));
      return Class.name !== "TaskwaitError" && !isExact;
    });
    expect(
      wrong.map(({ Class }) => Class.name),
      "export is<Name> beside the class",
    ).toEqual([]);
  });
});
