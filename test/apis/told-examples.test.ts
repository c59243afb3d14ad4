import { describe, expect, test } from "vitest";
import { checkTaskApi } from "../../src/apis/check-task-api.ts";
import type { Example } from "../../src/apis/format/task-api.ts";
import { declaration, readingAs } from "./declarations.ts";

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

describe("a key of which no example has anything", () => {
  const EXAMPLES: readonly Example[] = [
    { state: "running", answer: { key: "{id}", state: "busy", done: 3, begun: 1_701_000_000, left: 9 } },
    { state: "complete", answer: { key: "{id}", state: "done", kind: "cut", over: "2023-11-26T12:00Z" } },
    { state: "failed", answer: { key: "{id}", state: "error", why: "no room" } },
  ];

  test.each([
    ["id", "key", "kez"],
    ["progress", "done", "kind"],
    ["remaining", "left", "begin"],
    ["type", "kind", "type"],
    ["error", "why", "reason"],
    ["started", "begun", "kind"],
    ["ended", "over", "ended"],
  ])("is noted: task.%s, which is %j and not %j", (key, right, wrong) => {
    const notes = (text: string) => checkTaskApi({ ...readingAs({ [key]: text }), examples: EXAMPLES }).notes;

    expect(notes(right)).toEqual([]);
    expect(notes(wrong)).toEqual([
      `video: task.${key}: "${wrong}" gives nothing usable in any of the examples`,
    ]);
  });

  test("is not noted where no example could have it", () => {
    const examples = EXAMPLES.slice(0, 1);

    expect(checkTaskApi({ ...readingAs({ error: "x", ended: "y" }), examples }).notes).toEqual([]);
    expect(checkTaskApi(readingAs({ id: "x", progress: "y" })).notes).toEqual([]);
  });
});
