import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { classifyError, retryAfterMsOf } from "../../policy/observe/classify-error.ts";
import type { TaskSource } from "../../task/source.ts";
import { TASK_STATUSES } from "../../task/status.ts";
import { countedSignal } from "./counted-signal.ts";
import type { MakeSource, SourceScenario, SourceUnderTest } from "./source-scenario.ts";
import type { ConformanceCase, TestApi } from "./test-api.ts";

type SourceCase = ConformanceCase<SourceUnderTest> & { readonly scenario: SourceScenario };

const MISSING = "t-no-such-task";
const PROMPT_MS = 1000;
const RUNNING: SourceScenario["tasks"][number] = {
  taskStatus: "RUNNING",
  taskType: "CHECK_RULES",
  progress: 2500,
};

async function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail("the call was answered well"),
    (error: unknown) => error,
  );
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

async function describeFirst({ source, taskIds }: SourceUnderTest, signal = neverAborted()) {
  return source.describe(taskIds[0] ?? "", { signal });
}

const statuses: SourceCase[] = TASK_STATUSES.map((taskStatus) => ({
  name: `shows a task that is ${taskStatus} as ${taskStatus}, and does not throw over it`,
  scenario: { tasks: [{ taskStatus }] },
  run: async (subject) => {
    const task = await describeFirst(subject);
    assert.equal(task.taskStatus, taskStatus);
    assert.equal(task.taskId, subject.taskIds[0]);
  },
}));

const answers: SourceCase[] = [
  {
    name: "shows progress as the service says it, in hundredths of a percent, and the percent it means",
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const { progress, percent } = await describeFirst(subject);
      assert.equal(progress, 2500);
      assert.equal(percent, 25);
    },
  },
  {
    name: "shows a task as plain JSON, which survives being written down",
    scenario: { tasks: [{ ...RUNNING, errorMessage: "half of it" }] },
    run: async (subject) => {
      const task = await describeFirst(subject);
      assert.deepEqual(JSON.parse(JSON.stringify(task)), { ...task });
    },
  },
  {
    name: "makes exactly one call for one poll",
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const before = subject.requests?.() ?? 0;
      await describeFirst(subject);
      assert.equal((subject.requests?.() ?? before + 1) - before, 1);
    },
  },
  {
    name: "answers calls about several tasks at once, each with its own",
    scenario: { tasks: [RUNNING, { taskStatus: "CREATED" }, { taskStatus: "COMPLETE" }] },
    run: async ({ source, taskIds }) => {
      const tasks = await Promise.all(taskIds.map((id) => source.describe(id, { signal: neverAborted() })));
      assert.deepEqual(
        tasks.map((task) => [task.taskId, task.taskStatus]),
        taskIds.map((id, index) => [id, ["RUNNING", "CREATED", "COMPLETE"][index]]),
      );
    },
  },
];

const refusals: SourceCase[] = [
  {
    name: "rejects about a task that does not exist, so that it reads as not found",
    scenario: { tasks: [] },
    run: async ({ source }) => {
      const error = await rejection(source.describe(MISSING, { signal: neverAborted() }));
      assert.equal(classifyError(error), "notFound");
    },
  },
  {
    name: "rejects when the key is refused, so that it reads as denied",
    scenario: { tasks: [RUNNING], fault: "deny" },
    run: async (subject) => {
      assert.equal(classifyError(await rejection(describeFirst(subject))), "denied");
    },
  },
  {
    name: "rejects when it is throttled, so that it reads as throttled and says how long to wait",
    scenario: { tasks: [RUNNING], fault: "throttle" },
    run: async (subject) => {
      const error = await rejection(describeFirst(subject));
      assert.equal(classifyError(error), "throttled");
      assert.equal(retryAfterMsOf(error), 1500);
    },
  },
  {
    name: "rejects when the service is unavailable, so that it reads as passing, and does not try again itself",
    scenario: { tasks: [RUNNING], fault: "unavailable" },
    run: async (subject) => {
      const before = subject.requests?.() ?? 0;
      assert.equal(classifyError(await rejection(describeFirst(subject))), "transient");
      assert.equal((subject.requests?.() ?? before + 1) - before, 1);
    },
  },
];

const aborts: SourceCase[] = [
  {
    name: "makes no call for a signal that is aborted already, and rejects with its reason",
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const before = subject.requests?.() ?? 0;
      const reason = new Error("enough");
      assert.equal(await rejection(describeFirst(subject, AbortSignal.abort(reason))), reason);
      assert.equal(subject.requests?.() ?? before, before);
    },
  },
  {
    name: "rejects with the signal's own reason as soon as that aborts, though the service never answers",
    scenario: { tasks: [RUNNING], fault: "hang" },
    run: async (subject) => {
      const controller = new AbortController();
      const reason = { why: "not even an error" };
      const call = rejection(describeFirst(subject, controller.signal));
      await after(30);
      controller.abort(reason);
      const late = after(PROMPT_MS, "nothing", { ref: false });
      assert.equal(await Promise.race([call, late]), reason);
    },
  },
  {
    name: "leaves no listener on the signal of a call that is over",
    scenario: { tasks: [RUNNING] },
    run: async ({ source, taskIds }) => {
      const counted = countedSignal();
      const { signal } = counted;
      await source.describe(taskIds[0] ?? "", { signal });
      await rejection(source.describe(MISSING, { signal }));
      await source.list?.({}, { signal });
      assert.equal(counted.listeners, 0);
    },
  },
];

const listings: SourceCase[] = [
  {
    name: "lists every task once, page by page, and ends, when it lists at all",
    scenario: { tasks: Array.from({ length: 25 }, () => RUNNING) },
    run: async ({ source, taskIds }) => {
      if (source.list !== undefined) {
        assert.deepEqual((await listAll(source, {})).sort(), [...taskIds].sort());
      }
    },
  },
  {
    name: "lists the tasks of one status only, when it is asked for one",
    scenario: { tasks: [RUNNING, { taskStatus: "COMPLETE" }, RUNNING] },
    run: async ({ source, taskIds }) => {
      if (source.list !== undefined) {
        assert.deepEqual(await listAll(source, { taskStatus: "COMPLETE" }), [taskIds[1]]);
      }
    },
  },
];

async function listAll(source: TaskSource, query: { readonly taskStatus?: string }): Promise<string[]> {
  const seen: string[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const token = nextToken === undefined ? {} : { nextToken };
    const page = await source.list?.({ ...query, ...token, maxResults: 10 }, { signal: neverAborted() });
    seen.push(...(page?.tasks.map((task) => task.taskId) ?? []));
    nextToken = page?.nextToken;
    if (nextToken === undefined) {
      return seen;
    }
  }
  return assert.fail("the listing did not end within 20 pages");
}

/**
 * What a {@link TaskSource} must do, as tests. They run on real timers.
 *
 * @param api - The runner's `describe` and `it`.
 * @param makeSource - Makes a fresh source, over a service as the scenario wants it, for each test.
 */
export function sourceConformance(api: TestApi, makeSource: MakeSource): void {
  const groups = { statuses, answers, refusals, aborts, listings };
  void api.describe("a task source", () => {
    for (const [group, cases] of Object.entries(groups)) {
      void api.describe(group, () => {
        for (const { name, scenario, run } of cases) {
          void api.it(name, () => runOn(makeSource, scenario, run));
        }
      });
    }
  });
}

async function runOn(
  makeSource: MakeSource,
  scenario: SourceScenario,
  run: SourceCase["run"],
): Promise<void> {
  const subject = await makeSource(scenario);
  try {
    await run(subject);
  } finally {
    await subject.close?.();
  }
}
