import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseScenario, World } from "../../src/emulator/index.ts";
import { expandTasks } from "../../src/emulator/scenario.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

describe("parseScenario()", () => {
  it("reads text and values alike", () => {
    const scenario = { seed: 1, tasks: [{ taskId: "t-1", durationMs: 100 }], faults: "reset=0.1" };
    expect(parseScenario(JSON.stringify(scenario))).toEqual(scenario);
    expect(parseScenario(scenario)).toEqual(scenario);
  });

  it.each<[unknown, string]>([
    ["{", "scenario must be JSON"],
    ["[]", "scenario must be of type object, got a list of 0"],
    [null, "scenario must be of type object, got null"],
    [
      { task: [] },
      'scenario: unknown option "task"; did you mean "tasks"? Known are clockSkewMs, concurrentStarts, description,',
    ],
    [
      { tasks: [{ cout: 5 }] },
      'scenario.tasks[0]: unknown option "cout"; did you mean "count"? Known are count, createdMs,',
    ],
    [
      { quota: { persecond: 5 } },
      'scenario.quota: unknown option "persecond"; did you mean "perSecond"? Known are apis,',
    ],
    [{ tasks: {} }, "scenario.tasks must be of type array"],
    [{ tasks: [{ count: -1 }] }, "scenario.tasks[0].count must be at least 0, got -1"],
    [
      { tasks: [{}, { durationMs: "5s" }] },
      'scenario.tasks[1].durationMs must be one of the documented forms, got "5s"',
    ],
    [{ tasks: [{ status: "complete" }] }, "scenario.tasks[0].status must be"],
    [{ quota: { perSecond: 1.5 } }, "scenario.quota.perSecond must be of type int, got 1.5"],
    [{ quota: { apis: { Nonsense: {} } } }, "scenario.quota.apis"],
    [{ throttleStatus: 418 }, "scenario.throttleStatus must be 400 or 429 or 503, got 418"],
    [{ faults: "reset=2" }, 'fault "reset" must have a chance from 0 to 1'],
    [{ starts: { TEST: {} } }, 'scenario.starts: unknown option "TEST"'],
    [{ starts: { CHECK_RULES: { takes: 5 } } }, 'scenario.starts.CHECK_RULES: unknown option "takes"'],
    [
      { starts: { CHECK_RULES: [{}, { takes: 5 }] } },
      'scenario.starts.CHECK_RULES[1]: unknown option "takes"',
    ],
    [{ starts: { CHECK_RULES: [] } }, "scenario.starts.CHECK_RULES must be at least 1"],
    [{ ram: { denied: ["Everything"] } }, "scenario.ram.denied[0] must be"],
    [{ speed: 0 }, "scenario.speed must be at least 0.001, got 0"],
  ])("refuses %j with a clear error", (json, message) => {
    expect(() => parseScenario(json)).toThrow(InvalidOptionError);
    expect(() => parseScenario(json)).toThrow(message);
  });

  it("makes many alike tasks of one with a count", () => {
    const { tasks = [] } = parseScenario({ tasks: [{ taskId: "t", count: 3 }, { count: 2 }, {}] });
    expect([...expandTasks(tasks)].map(({ taskId }) => taskId)).toEqual([
      "t-1",
      "t-2",
      "t-3",
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the example scenarios", () => {
  const folder = new URL("../../examples/scenarios/", import.meta.url);
  const files = readdirSync(folder);

  it("are four", () => {
    expect(files).toHaveLength(4);
  });

  it.each(files)("%s is valid and makes its tasks", (file) => {
    const scenario = parseScenario(readFileSync(new URL(file, folder), "utf8"));
    const world = new World({ now: () => 0 });
    for (const spec of expandTasks(scenario.tasks ?? [])) {
      world.addTask(spec);
    }
    expect(world.size).toBeGreaterThan(0);
    expect(scenario.description).toBeTruthy();
  });
});
