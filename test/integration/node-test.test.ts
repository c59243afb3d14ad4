import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ownFolder } from "./harness/files.ts";

const DIST = pathToFileURL(join(import.meta.dirname, "../../dist/")).href;
const folder = ownFolder();

function runNodeTest(name: string, script: string) {
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(
    file,
    `import assert from "node:assert/strict";
     import { describe, it, mock, test } from "node:test";
     import { TaskWaiter } from "${DIST}index.js";
     import { scriptedSource, sourceConformance, waitConformance } from "${DIST}testing/index.js";
     ${script}`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync(process.execPath, ["--test", "--test-reporter=tap", file], { encoding: "utf8", env });
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(run.stdout)?.[1]);
  return { pass: count("pass"), fail: count("fail"), output: run.stdout + run.stderr };
}

const ENGINE = `
  waitConformance({ describe, it }, () => ({
    start: (source, taskId, options) => {
      const wait = new TaskWaiter({ source, rate: { perSecond: 1000 } }).wait(taskId, options);
      return { outcome: wait.outcome, abort: (reason) => wait.abandon(reason), checkpoint: () => wait.checkpoint() };
    },
  }));`;

describe("the test kit under node:test", () => {
  it("runs the conformance of waits, and passes on the engine", () => {
    const { pass, fail, output } = runNodeTest("waits", ENGINE);
    expect(fail, output).toBe(0);
    expect(pass).toBeGreaterThan(20);
  });

  it("fails on a driver that takes a timeout for a failure", () => {
    const { fail } = runNodeTest(
      "bad-driver",
      ENGINE.replace(
        "outcome: wait.outcome,",
        `
        outcome: wait.outcome.then((one) => (one.kind === "timedOut" ? { ...one, kind: "failed" } : one)),`,
      ),
    );
    expect(fail).toBeGreaterThan(0);
  });

  it("fails on a source that is deaf to its signal and makes up its own reasons", () => {
    const { fail, pass } = runNodeTest(
      "bad-source",
      `sourceConformance({ describe, it }, ({ tasks, fault }) => {
        const steps = (task) => fault === "hang" ? ["deaf"] : [{ status: task.taskStatus }];
        const taskIds = tasks.map((_, index) => "t-" + index);
        return { taskIds, source: scriptedSource(Object.fromEntries(tasks.map((task, index) => ["t-" + index, steps(task)]))) };
      });`,
    );
    expect(fail).toBeGreaterThanOrEqual(4);
    expect(pass).toBeGreaterThan(5);
  });

  it("is driven by its mocked timers, though they leave performance.now() alone", () => {
    const { pass, fail, output } = runNodeTest(
      "mocked",
      `test("waits for a minute at once", async () => {
        mock.timers.enable({ apis: ["setTimeout", "Date"] });
        const source = scriptedSource({ "t-1": { durationMs: 40_000 }, "t-2": ["RUNNING"] });
        const waiter = new TaskWaiter({ source });
        const waits = [waiter.wait("t-1"), waiter.wait("t-2", { timeout: "50s" })];
        const outcomes = waits.map((wait) => wait.outcome);
        for (let tenth = 0; tenth < 600; tenth++) {
          await new Promise((resolve) => setImmediate(resolve));
          mock.timers.tick(100);
        }
        const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind);
        assert.deepEqual(kinds, ["complete", "timedOut"]);
        mock.timers.reset();
      });`,
    );
    expect([pass, fail], output).toEqual([1, 0]);
  });
});
