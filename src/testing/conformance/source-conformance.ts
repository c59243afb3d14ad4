import assert from "node:assert/strict";
import { sleep } from "../../async/sleep.ts";
import { classifyError, retryAfterMsOf } from "../../policy/observe/classify-error.ts";
import { TASK_STATUSES } from "../../task/status.ts";
import { countedSignal } from "./counted-signal.ts";
import { listings } from "./source-listings.ts";
import { many } from "./source-many.ts";
import type { MakeSource, SourceScenario } from "./source-scenario.ts";
import { assertUsed, registerCase, type TestApi } from "./test-api.ts";
import { checkOffers, type SourceCase, type TestedSource, testedSource } from "./tested-source.ts";

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

async function describeFirst({ source, taskIds }: TestedSource, signal = neverAborted()) {
  return source.describe(taskIds[0] ?? "", { signal });
}

const statuses: SourceCase[] = TASK_STATUSES.map((taskStatus) => ({
  name: `shows a task that is ${taskStatus} as ${taskStatus}, and does not throw over it`,
  uses: ["describe"],
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
    uses: ["describe"],
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const { progress, percent } = await describeFirst(subject);
      assert.equal(progress, 2500);
      assert.equal(percent, 25);
    },
  },
  {
    name: "shows a task as plain JSON, which survives being written down",
    uses: ["describe"],
    scenario: { tasks: [{ ...RUNNING, errorMessage: "half of it" }] },
    run: async (subject) => {
      const task = await describeFirst(subject);
      assert.deepEqual(JSON.parse(JSON.stringify(task)), { ...task });
    },
  },
  {
    name: "makes exactly one call for one poll",
    uses: ["describe", "requests"],
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const before = subject.requests();
      await describeFirst(subject);
      assert.equal(subject.requests() - before, 1);
    },
  },
  {
    name: "answers calls about several tasks at once, each with its own",
    uses: ["describe"],
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
    uses: ["describe"],
    scenario: { tasks: [] },
    run: async ({ source }) => {
      const error = await rejection(source.describe(MISSING, { signal: neverAborted() }));
      assert.equal(classifyError(error), "notFound");
    },
  },
  {
    name: "rejects when the key is refused, so that it reads as denied",
    uses: ["describe"],
    scenario: { tasks: [RUNNING], fault: "deny" },
    run: async (subject) => {
      assert.equal(classifyError(await rejection(describeFirst(subject))), "denied");
    },
  },
  {
    name: "rejects when it is throttled, so that it reads as throttled and says how long to wait",
    uses: ["describe"],
    scenario: { tasks: [RUNNING], fault: "throttle" },
    run: async (subject) => {
      const error = await rejection(describeFirst(subject));
      assert.equal(classifyError(error), "throttled");
      assert.equal(retryAfterMsOf(error), 1500);
    },
  },
  {
    name: "rejects when the service is unavailable, so that it reads as passing",
    uses: ["describe"],
    scenario: { tasks: [RUNNING], fault: "unavailable" },
    run: async (subject) => {
      assert.equal(classifyError(await rejection(describeFirst(subject))), "transient");
    },
  },
  {
    name: "does not try again itself when the service is unavailable",
    uses: ["describe", "requests"],
    scenario: { tasks: [RUNNING], fault: "unavailable" },
    run: async (subject) => {
      const before = subject.requests();
      await rejection(describeFirst(subject));
      assert.equal(subject.requests() - before, 1);
    },
  },
];

const aborts: SourceCase[] = [
  {
    name: "rejects with the reason of a signal that is aborted already",
    uses: ["describe"],
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const reason = new Error("enough");
      assert.equal(await rejection(describeFirst(subject, AbortSignal.abort(reason))), reason);
    },
  },
  {
    name: "makes no call for a signal that is aborted already",
    uses: ["describe", "requests"],
    scenario: { tasks: [RUNNING] },
    run: async (subject) => {
      const before = subject.requests();
      await rejection(describeFirst(subject, AbortSignal.abort(new Error("enough"))));
      assert.equal(subject.requests(), before);
    },
  },
  {
    name: "rejects with the signal's own reason as soon as that aborts, though the service never answers",
    uses: ["describe"],
    scenario: { tasks: [RUNNING], fault: "hang" },
    run: async (subject) => {
      const controller = new AbortController();
      const reason = { why: "not even an error" };
      const call = rejection(describeFirst(subject, controller.signal));
      // It may reject before its time, which is no reason for an unhandled rejection.
      call.catch(() => undefined);
      await sleep(30);
      controller.abort(reason);
      const stop = new AbortController();
      const late = sleep(PROMPT_MS, stop.signal).then(
        () => "nothing",
        () => undefined,
      );
      assert.equal(await Promise.race([call, late]).finally(() => stop.abort()), reason);
    },
  },
  {
    name: "leaves no listener on the signal of a call that is over",
    uses: ["describe"],
    scenario: { tasks: [RUNNING] },
    run: async ({ source, taskIds }) => {
      const counted = countedSignal();
      const { signal } = counted;
      await source.describe(taskIds[0] ?? "", { signal });
      await rejection(source.describe(MISSING, { signal }));
      assert.equal(counted.listeners, 0);
    },
  },
];

/**
 * What a `TaskSource` must do, as tests. They run on real timers. What a source does not offer is skipped, with the
 * reason.
 *
 * @param api - The runner's `describe` and `it`.
 * @param makeSource - Makes a fresh source, over a service as the scenario wants it, for each test.
 */
export function sourceConformance(api: TestApi, makeSource: MakeSource): void {
  const groups = { statuses, answers, refusals, aborts, many, listings };
  void api.describe("a task source", () => {
    for (const [group, cases] of Object.entries(groups)) {
      void api.describe(group, () => {
        for (const one of cases) {
          registerCase(api, one.name, () => runOn(makeSource, one));
        }
      });
    }
  });
}

async function runOn(makeSource: MakeSource, { name, uses, scenario, run }: SourceCase): Promise<void> {
  const subject = await makeSource(scenario);
  try {
    checkOffers(subject, uses);
    const used = new Set<string>();
    await run(testedSource(subject, used));
    assertUsed(name, uses, used);
  } finally {
    await subject.close?.();
  }
}
