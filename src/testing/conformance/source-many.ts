import assert from "node:assert/strict";
import { classifyError } from "../../policy/observe/classify-error.ts";
import { countedSignal } from "./counted-signal.ts";
import type { SourceCase, TestedSource } from "./tested-source.ts";

const MISSING = "t-no-such-task";
const TASKS = [{ taskStatus: "RUNNING" }, { taskStatus: "COMPLETE" }, { taskStatus: "CREATED" }] as const;

/** What a source must do that takes several ids in one call. */
export const many: readonly SourceCase[] = [
  {
    name: "says how many ids one call takes: a whole number, at least 2",
    uses: ["describeMany"],
    scenario: { tasks: TASKS },
    run: async (subject) => {
      const { maxIds } = subject.source;
      assert.ok(Number.isInteger(maxIds) && maxIds >= 2, `maxIds is ${maxIds}`);
      await statusesOf(subject, subject.taskIds.slice(0, 2));
    },
  },
  {
    name: "shows several tasks as it shows each alone",
    uses: ["describe", "describeMany"],
    scenario: { tasks: TASKS },
    run: async (subject) => {
      const taskIds = subject.taskIds.slice(0, subject.source.maxIds);
      const alone = await Promise.all(
        taskIds.map(async (taskId) => {
          const task = await subject.source.describe(taskId, { signal: neverAborted() });
          return [taskId, task.taskStatus] as const;
        }),
      );
      assert.deepEqual(await statusesOf(subject, taskIds), new Map(alone));
    },
  },
  {
    name: "makes exactly one call for several tasks",
    uses: ["describeMany", "requests"],
    scenario: { tasks: TASKS },
    run: async (subject) => {
      const before = subject.requests();
      await statusesOf(subject, subject.taskIds.slice(0, 2));
      assert.equal(subject.requests() - before, 1);
    },
  },
  {
    name: "leaves out a task that does not exist, and shows the other",
    uses: ["describeMany"],
    scenario: { tasks: [{ taskStatus: "RUNNING" }] },
    run: async (subject) => {
      const [taskId = ""] = subject.taskIds;
      assert.deepEqual(await statusesOf(subject, [MISSING, taskId]), new Map([[taskId, "RUNNING"]]));
    },
  },
  {
    name: "rejects a call for several tasks when it is throttled, so that it reads as throttled",
    uses: ["describeMany"],
    scenario: { tasks: TASKS, fault: "throttle" },
    run: async (subject) => {
      await assert.rejects(statusesOf(subject, subject.taskIds.slice(0, 2)), (error) => {
        assert.equal(classifyError(error), "throttled");
        return true;
      });
    },
  },
  {
    name: "rejects a call for several tasks with the reason of its signal, and leaves no listener on it",
    uses: ["describeMany"],
    scenario: { tasks: TASKS },
    run: async ({ source, taskIds }) => {
      const two = taskIds.slice(0, 2);
      const counted = countedSignal();
      await source.describeMany(two, { signal: counted.signal });
      assert.equal(counted.listeners, 0);
      const reason = new Error("enough");
      await assert.rejects(source.describeMany(two, { signal: AbortSignal.abort(reason) }), (error) => {
        assert.equal(error, reason);
        return true;
      });
    },
  },
];

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

async function statusesOf(
  { source }: TestedSource,
  taskIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const tasks = await source.describeMany(taskIds, { signal: neverAborted() });
  return new Map(tasks.map(({ taskId, taskStatus }) => [taskId, taskStatus]));
}
