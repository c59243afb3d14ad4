import { describe, expect, it } from "vitest";
import { type Task, type TaskSource, waitForTask } from "../../src/index.ts";
import { parseTask } from "../../src/task/parse-task.ts";

const OVER = { taskId: "t-1", taskStatus: "COMPLETE" };

describe("a source that gives the result parsed, and no raw string", () => {
  it.each<[string, unknown]>([
    ["an object", { url: "https://example.com/1", sizes: [1, 2] }],
    ["a list", [1, "two", null]],
    ["a string", "done"],
    ["null", null],
  ])("has it kept: %s", async (_, result) => {
    const source = { describe: async () => ({ ...OVER, result, detail: result }) } as unknown as TaskSource;
    const task = await waitForTask("t-1", { source });

    expect(task.result).toEqual(result);
    expect(task.detail).toEqual(result);
    expect(task.taskResult).toBe(JSON.stringify(result));
  });

  it("is not taken before the raw string", () => {
    expect(parseTask({ ...OVER, taskResult: '{"n":1}', result: { n: 2 } }).result).toEqual({ n: 1 });
  });

  it("gets what JSON has, and nothing that is changed later", () => {
    const result = { at: new Date(0), list: [1] };
    const task = parseTask({ ...OVER, result });
    result.list.push(2);

    expect(task.result).toEqual({ at: "1970-01-01T00:00:00.000Z", list: [1] });
  });

  it.each<[string, unknown]>([
    ["a circle", circle()],
    ["a function", () => 1],
    ["a bigint", 1n],
    ["nested 100,000 deep", nested()],
  ])("completes without it where it is no JSON: %s", (_, result) => {
    const task: Task = parseTask({ ...OVER, result });

    expect(task.taskStatus).toBe("COMPLETE");
    expect(task.result).toBeUndefined();
  });

  it("survives a checkpoint", () => {
    const task = parseTask({ ...OVER, result: { n: 1 } });

    expect(parseTask(JSON.parse(JSON.stringify(task)))).toEqual(task);
  });
});

function circle(): unknown {
  const object: Record<string, unknown> = {};
  object["self"] = object;
  return object;
}

function nested(): unknown {
  let value: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) {
    value = [value];
  }
  return value;
}
