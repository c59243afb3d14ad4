import { describe, expect, it } from "vitest";
import { beginWait, resumeWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { DEFAULT_WAIT_OPTIONS } from "../../src/policy/state/wait-options.ts";
import { parseTask } from "../../src/task/parse-task.ts";

const ID = "t-0000e4w0u1v592zdf6s7";
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const taskWith = (taskResult: string) => parseTask({ taskId: ID, taskStatus: "COMPLETE", taskResult });

describe("the result of a task", () => {
  it.each([
    ["what is inside its JSON", '{"a":[1,"x",null]}', { a: [1, "x", null] }],
    ["null when it is null", "null", null],
    ["what is nested 500 deep", nested(500), expect.anything()],
    ["what has brackets in its texts", JSON.stringify("[".repeat(2000)), "[".repeat(2000)],
    ["what has quotes in its texts", JSON.stringify(['"\\'.repeat(1000)]), ['"\\'.repeat(1000)]],
    ["what is wide", `[${nested(400)},${nested(400)},${nested(400)}]`, expect.anything()],
    ["what only looks like a huge number", '{"id":"3e999","n":1e2}', { id: "3e999", n: 100 }],
    ["rounded where JavaScript rounds", "[9223372036854775807]", [Number("9223372036854775807")]],
  ])("is %s", (_, taskResult, result) => {
    expect(taskWith(taskResult)).toMatchObject({ taskResult, result });
  });

  it.each([
    ["it is no JSON", "done"],
    ["it is empty", ""],
    ["it is nested deeper than 500", nested(501)],
    ["it is nested 20,000 deep", nested(20_000)],
    ["objects are", `${'{"a":'.repeat(501)}1${"}".repeat(501)}`],
    ["a deep value follows a text", `["${"x".repeat(2000)}",${nested(500)}]`],
    ["it has a number that JavaScript can't hold", '{"a":[1e400]}'],
    ["it has one of many digits", "9".repeat(400)],
  ])("is left out when %s, and its text is kept", (_, taskResult) => {
    const task = taskWith(taskResult);
    expect(task.taskResult).toBe(taskResult);
    expect(task).not.toHaveProperty("result");
  });

  it("never keeps a task or a checkpoint from being written and read", () => {
    for (const taskResult of [nested(500), nested(20_000), "1e400", "[9223372036854775807]"]) {
      const task = parseTask({ taskId: ID, taskStatus: "RUNNING", taskResult, taskDetail: taskResult });
      expect(JSON.parse(JSON.stringify(task))).toEqual(task);
      const context = { nowMs: 1e12, random: () => 0.5, options: DEFAULT_WAIT_OPTIONS };
      const { state } = decide(beginWait(ID, context), { kind: "task", task }, context);
      const checkpoint = JSON.parse(JSON.stringify(state));
      expect(resumeWait(ID, { checkpoint, nowMs: 1e12 }).task).toEqual(task);
    }
  });
});
