import { describe, expect, test } from "vitest";
import { checkTaskApi } from "../../src/apis/check-task-api.ts";
import type { Example } from "../../src/apis/format/task-api.ts";
import { declaration } from "./declarations.ts";

const REFUSED = { when: "code", code: "to_string(code)", message: "msg" };
const WORDS = { ...REFUSED, code: "code == `1001` && 'NotFound' || code == `1002` && 'Forbidden' || 'X'" };

function problemsOf(example: Example, refused = REFUSED): readonly string[] {
  return checkTaskApi(declaration({ refused, examples: [example] })).problems;
}

describe("an example that is read as something else", () => {
  test("is told with what that means, and with a code that would say what was meant", () => {
    const answer = { code: 1001, msg: "no such job" };
    expect(problemsOf({ state: "notFound", answer })).toEqual([
      'video: examples[0] (notFound): was read as a passing fault, after which a wait asks again: video was refused: 1001: no such job (HTTP 200); refused.code gives no code that says more (for notFound, a word such as "NotFound")',
    ]);
    expect(problemsOf({ state: "denied", httpStatus: 400, answer: {} })[0]).toMatch(
      /was read as a refusal of the call itself, which ends a wait: video failed: HTTP400/,
    );
  });

  test("is right when refused.code makes words of numbers, as the docs say", () => {
    expect(problemsOf({ state: "notFound", answer: { code: 1001 } }, WORDS)).toEqual([]);
    expect(problemsOf({ state: "denied", answer: { code: 1002 } }, WORDS)).toEqual([]);
  });

  test("is told with the fields that the task has", () => {
    const told = (gives: Readonly<Record<string, unknown>>) =>
      problemsOf({ state: "running", answer: { state: "busy" }, gives });
    expect(told({ status: "RUNNING" })).toEqual([
      'video: examples[0] (running): gives.status is "RUNNING", but the task has nothing there (it has taskId, taskStatus, serviceStatus)',
    ]);
    expect(told({ taskStatus: "COMPLETE" })[0]).toMatch(
      /gives\.taskStatus is "COMPLETE", but the task has "RUNNING" there/,
    );
  });
});
