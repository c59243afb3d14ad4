import assert from "node:assert/strict";
import { sleep } from "../../async/sleep.ts";
import type { WaitCheckpoint } from "../../policy/state/wait-state.ts";
import { BdrcApiError } from "../../task/errors.ts";
import { type ScriptedSource, scriptedSource } from "../source/scripted-source.ts";
import { assertPolled, drive, errorFields } from "./drive.ts";
import { QUICK, type TestedWait, type WaitCase } from "./tested-driver.ts";

const ID = "t-conformance";
// Real engines on a busy machine: late by less than this is in time.
const SLACK_MS = 3000;
// By then they have polled once, on a busy machine, too.
const EARLY_MS = 2500;

async function untilCalls(source: ScriptedSource, count: number): Promise<void> {
  for (let tries = 0; source.calls.length < count && tries < 500; tries++) {
    await sleep(10);
  }
  assertPolled(source, count);
}

/** The checkpoint as another process would read it. */
async function writtenDown(wait: TestedWait): Promise<WaitCheckpoint> {
  return JSON.parse(JSON.stringify(await wait.checkpoint()));
}

/** What ends a wait from outside, and what outlives it. */
export const limits: readonly WaitCase[] = [
  {
    name: "ends as timedOut at its deadline: not before, and not long after, with the task as last seen",
    uses: ["start"],
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
    name: "tells of a time-out how the last poll has failed",
    uses: ["start"],
    run: async (driver) => {
      // The code is what every way to a source keeps.
      const down = new BdrcApiError("ServiceUnavailable", { httpStatus: 503, apiCode: "ServiceUnavailable" });
      const source = scriptedSource({ [ID]: ["RUNNING", { error: down }] });
      const outcome = await drive(driver, source, ID, { timeoutMs: EARLY_MS });
      assert.equal(outcome.kind, "timedOut");
      assert.match(errorFields(outcome.error).message, /ServiceUnavailable/);
    },
  },
  {
    name: "keeps its deadline while a call hangs that is deaf to its signal",
    uses: ["start"],
    run: async (driver) => {
      const began = performance.now();
      const outcome = await drive(driver, scriptedSource({ [ID]: ["deaf"] }), ID, { timeoutMs: 300 });
      const tookMs = performance.now() - began;
      assert.equal(outcome.kind, "timedOut");
      assert.ok(tookMs >= 295, `it timed out after ${tookMs} ms`);
      assert.ok(tookMs < 300 + SLACK_MS, "the hung call kept it");
    },
  },
  {
    name: "polls exactly once when its time is 0",
    uses: ["start"],
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
    uses: ["start", "abort"],
    run: async (driver) => {
      const source = scriptedSource({ "t-first": ["RUNNING"], "t-second": { durationMs: 600 } });
      const first = await driver.start(source, "t-first", QUICK);
      const second = await driver.start(source, "t-second", QUICK);
      await untilCalls(source, 2);
      await first.abort(new Error("enough"));
      assert.equal((await first.outcome).kind, "aborted");
      const before = source.callsOf("t-first").length;
      await sleep(100);
      assert.equal(source.callsOf("t-first").length, before);
      assert.equal((await second.outcome).kind, "complete");
      await first.abort(new Error("enough"));
    },
  },
  {
    name: "goes on from a checkpoint as if it had never stopped: same counts, same deadline",
    uses: ["start", "abort", "checkpoint"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      const wait = await driver.start(source, ID, { ...QUICK, timeoutMs: 30_000 });
      await untilCalls(source, 3);
      const checkpoint = await writtenDown(wait);
      await wait.abort(new Error("the process stops"));
      source.setScript(ID, ["RUNNING", "COMPLETE"]);
      const resumed = await driver.start(source, ID, { ...QUICK, resume: checkpoint, timeoutMs: 60_000 });
      assert.equal((await resumed.outcome).kind, "complete");
      const last = await resumed.checkpoint();
      assert.equal(last.deadlineMs, checkpoint.deadlineMs);
      assert.ok(last.polls > checkpoint.polls, "it forgot its polls");
    },
  },
  {
    name: "ends again the same way, without a call, from the checkpoint of a wait that has ended",
    uses: ["start", "checkpoint"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: [{ status: "FAILED", errorMessage: "the disk is full" }] });
      const wait = await driver.start(source, ID, QUICK);
      const { kind } = await wait.outcome;
      const again = await drive(driver, source, ID, { resume: await writtenDown(wait) });
      assert.equal(again.kind, kind);
      assert.match(errorFields(again.error).message, /the disk is full/);
      assert.equal(source.calls.length, 1);
    },
  },
  {
    name: "ends two waits on one task, each by itself",
    uses: ["start"],
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
