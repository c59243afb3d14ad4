import assert from "node:assert/strict";
import { scriptedSource } from "../source/scripted-source.ts";
import { assertPolled, drive, errorFields } from "./drive.ts";
import type { WaitCase } from "./tested-driver.ts";

const ID = "t-conformance";

const failures: WaitCase[] = (
  [
    ["FAILED", "failed", "TASK_FAILED"],
    ["EXPIRED", "expired", "TASK_EXPIRED"],
    ["CANCELED", "canceled", "TASK_CANCELED"],
  ] as const
).map(([status, kind, code]) => ({
  name: `ends as ${kind} when the task is ${status}, and says why`,
  uses: ["start"],
  run: async (driver) => {
    const source = scriptedSource({ [ID]: ["RUNNING", { status, errorMessage: "the disk is full" }] });
    const outcome = await drive(driver, source, ID);
    assert.equal(outcome.kind, kind);
    assert.equal(errorFields(outcome.error).code, code);
    assert.match(errorFields(outcome.error).message, /the disk is full/);
    assert.equal(outcome.task?.taskStatus, status);
  },
}));

/** The ways in which the task itself ends a wait. */
export const endings: readonly WaitCase[] = [
  {
    name: "ends as complete, with the task as it was last seen",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({
        [ID]: [
          "CREATED",
          { status: "RUNNING", progress: 5000 },
          { status: "COMPLETE", taskResult: '{"n":1}' },
        ],
      });
      const outcome = await drive(driver, source, ID);
      assert.equal(outcome.kind, "complete");
      assert.equal(outcome.error, undefined);
      assert.deepEqual(outcome.task?.result, { n: 1 });
      assertPolled(source, 3);
    },
  },
  ...failures,
  {
    name: "polls at once, so that a task which is over already costs one call",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assert.equal(source.calls.length, 1);
    },
  },
  {
    name: "takes the first final status for final, and polls no more",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["FAILED", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "failed");
      assert.equal(source.calls.length, 1);
    },
  },
  {
    name: "is ended by nothing but the status: not by progress, an error message or times of the past",
    uses: ["start"],
    run: async (driver) => {
      const misleading = { progress: 10_000, errorMessage: "bad", completeTime: 1, expireTime: 1 };
      const source = scriptedSource({ [ID]: [{ status: "RUNNING", ...misleading }, "CREATED", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assert.equal(source.calls.length, 3);
    },
  },
  {
    name: "goes on waiting through a status that it does not know",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["PAUSED", "PAUSED", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assertPolled(source, 3);
    },
  },
  {
    name: "tolerates progress that goes backwards, and a task that starts again",
    uses: ["start"],
    run: async (driver) => {
      const progress = [9000, 100, 20_000, -5];
      const source = scriptedSource({
        [ID]: [...progress.map((value) => ({ status: "RUNNING", progress: value })), "CREATED", "COMPLETE"],
      });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assertPolled(source, progress.length + 2);
    },
  },
];
