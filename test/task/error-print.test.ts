import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { BdrcApiError, InvalidOptionError, UnreachableError } from "../../src/task/errors.ts";

/** What is printed below the stack. */
function fieldsOf(error: Error): string {
  error.stack = "";
  return inspect(error).replace(/\s+/g, " ");
}

describe("an error prints only the fields that mean something", () => {
  it.each([
    [new InvalidOptionError("x"), '{ code: "INVALID_OPTION" }'],
    [
      new BdrcApiError("x", { httpStatus: 400, apiCode: "X" }),
      '{ code: "API_ERROR", httpStatus: 400, apiCode: "X", resend: false }',
    ],
    [
      new UnreachableError("x", { taskId: "t-1", polls: 2, failures: 2, elapsedMs: 5 }),
      '{ code: "UNREACHABLE", taskId: "t-1", polls: 2, failures: 2, elapsedMs: 5 }',
    ],
  ])("%s", (error, fields) => {
    expect(fieldsOf(error).replaceAll("'", '"')).toContain(fields);
    expect(error.polls).toBe("polls" in error && error.taskId !== undefined ? 2 : 0);
  });
});

it("an error as JSON has its name, its code, its message and no cause", () => {
  const error = new UnreachableError("no answer", { taskId: "t-1", cause: new Error("secret") });

  expect(JSON.parse(JSON.stringify({ error }))).toEqual({
    error: { name: "UnreachableError", code: "UNREACHABLE", message: "no answer", taskId: "t-1" },
  });
});
