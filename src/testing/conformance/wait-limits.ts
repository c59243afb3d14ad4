import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import type { WaitCheckpoint } from "../../policy/state/wait-state.ts";
import { type ScriptedSource, scriptedSource } from "../source/scripted-source.ts";
import { drive, errorFields, QUICK } from "./drive.ts";
import type { ConformanceCase } from "./test-api.ts";
import type { DrivenWait, WaitDriver } from "./wait-driver.ts";

const ID = "t-conformance";
// Real engines on a busy machine: late by less than this is in time.
const SLACK_MS = 3000;
// By then they have polled once.
const EARLY_MS = 1200;

async function untilCalls(source: ScriptedSource, count: number): Promise<void> {
  for (let tries = 0; source.calls.length < count && tries < 500; tries++) {
    await after(10);
  }
  assert.ok(source.calls.length >= count, `only ${source.calls.length} of ${count} calls were made`);
}

async function stopAndKeep(wait: DrivenWait): Promise<WaitCheckpoint | undefined> {
  const checkpoint = await wait.checkpoint?.();
  await wait.abort?.(new Error("the process stops"));
  return checkpoint === undefined ? undefined : JSON.parse(JSON.stringify(checkpoint));
}

/** What ends a wait from outside, and what outlives it. */
export const limits: readonly ConformanceCase<WaitDriver>[] = [
  {
    name: "ends as timedOut at its deadline: not before, and not long after, with the task as last seen",
    run: async (driver) => {
      const began = performance.now();
      const source = scriptedSource({ [ID]: [{ status: "RUNNING", progress: 4000 }] });
      const outcome = await drive(driver, source, ID, { timeoutMs: EARLY_MS });
      const tookMs = performance.now() - began;
      assert.equal(outcome.kind, "timedOut");
      assert.equal(errorFields(outcome.error).code, "WAIT_TIMEOUT");
      assert.match(errorFields(outcome.error).message, /may still be running/);
      assert.equal(outcome.task?.progress, 4000);
      assert.ok(tookMs >= EARLY_MS - 5, `it timed out after ${tookMs} ms`);
      assert.ok(tookMs < EARLY_MS + SLACK_MS, `it timed out only after ${tookMs} ms`);
    },
  },
  {
    name: "keeps its deadline while a call hangs that is deaf to its signal",
    run: async (driver) => {
      const began = performance.now();
      const outcome = await drive(driver, scriptedSource({ [ID]: ["deaf"] }), ID, { timeoutMs: 300 });
      assert.equal(outcome.kind, "timedOut");
      assert.ok(performance.now() - began < 300 + SLACK_MS, "the hung call kept it");
    },
  },
  {
    name: "polls exactly once when its time is 0",
    run: async (driver) => {
      const source = scriptedSource({ "t-over": ["COMPLETE"], "t-running": ["RUNNING"] });
      assert.equal((await drive(driver, source, "t-over", { timeoutMs: 0 })).kind, "complete");
      assert.equal((await drive(driver, source, "t-running", { timeoutMs: 0 })).kind, "timedOut");
      assert.deepEqual(
        source.calls.map((call) => call.taskId),
        ["t-over", "t-running"],
      );
    },
  },
  {
    name: "is ended by its abort, makes no call after that, and leaves another wait alone",
    run: async (driver) => {
      const source = scriptedSource({ "t-first": ["RUNNING"], "t-second": { durationMs: 600 } });
      const first = await driver.start(source, "t-first", QUICK);
      const second = await driver.start(source, "t-second", QUICK);
      await untilCalls(source, 2);
      if (first.abort !== undefined) {
        await first.abort(new Error("enough"));
        assert.equal((await first.outcome).kind, "aborted");
        const before = source.callsOf("t-first").length;
        await after(100);
        assert.equal(source.callsOf("t-first").length, before);
      }
      assert.equal((await second.outcome).kind, "complete");
      await first.abort?.(new Error("enough"));
    },
  },
  {
    name: "goes on from a checkpoint as if it had never stopped: same counts, same deadline",
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      const wait = await driver.start(source, ID, { ...QUICK, timeoutMs: 30_000 });
      await untilCalls(source, 3);
      const checkpoint = await stopAndKeep(wait);
      if (checkpoint !== undefined) {
        source.setScript(ID, ["RUNNING", "COMPLETE"]);
        const resumed = await driver.start(source, ID, { ...QUICK, resume: checkpoint, timeoutMs: 60_000 });
        assert.equal((await resumed.outcome).kind, "complete");
        const after = (await resumed.checkpoint?.()) ?? checkpoint;
        assert.equal(after.deadlineMs, checkpoint.deadlineMs);
        assert.ok(after.polls >= checkpoint.polls, "it forgot its polls");
      }
    },
  },
  {
    name: "ends again the same way, without a call, from the checkpoint of a wait that has ended",
    run: async (driver) => {
      const source = scriptedSource({ [ID]: [{ status: "FAILED", errorMessage: "the disk is full" }] });
      const wait = await driver.start(source, ID, QUICK);
      const { kind } = await wait.outcome;
      const checkpoint = await stopAndKeep(wait);
      if (checkpoint !== undefined) {
        const again = await drive(driver, source, ID, { resume: checkpoint });
        assert.equal(again.kind, kind);
        assert.match(errorFields(again.error).message, /the disk is full/);
        assert.equal(source.calls.length, 1);
      }
    },
  },
  {
    name: "ends two waits on one task, each by itself",
    run: async (driver) => {
      const source = scriptedSource({ [ID]: { durationMs: 200 } });
      const both = await Promise.all([
        drive(driver, source, ID),
        drive(driver, source, ID, { timeoutMs: 50 }),
      ]);
      assert.deepEqual(
        both.map(({ kind }) => kind),
        ["complete", "timedOut"],
      );
    },
  },
];
