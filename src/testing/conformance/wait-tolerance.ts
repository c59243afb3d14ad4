import assert from "node:assert/strict";
import { scriptedSource } from "../source/scripted-source.ts";
import { assertPolled, drive, errorFields } from "./drive.ts";
import type { WaitCase } from "./tested-driver.ts";

const ID = "t-conformance";

/** Failures that a wait tolerates, and for how long. */
export const tolerance: readonly WaitCase[] = [
  {
    name: "tolerates calls that fail in between",
    uses: ["start"],
    run: async (driver) => {
      const broken = { error: new TypeError("fetch failed") };
      const source = scriptedSource({ [ID]: ["RUNNING", broken, "unreachable", "RUNNING", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assertPolled(source, 5);
    },
  },
  {
    name: "ends as unreachable, and never as failed, when an outage has used up its budget",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["unreachable"] });
      const began = performance.now();
      const outcome = await drive(driver, source, ID, { outageBudgetMs: 300 });
      assert.equal(outcome.kind, "unreachable");
      assert.equal(errorFields(outcome.error).code, "UNREACHABLE");
      assert.ok(performance.now() - began >= 295, "it gave up before the budget was spent");
    },
  },
  {
    name: "does not take being throttled for an outage, however long it lasts",
    uses: ["start"],
    run: async (driver) => {
      const throttled = { throttled: true, retryAfterMs: 30, times: 5 } as const;
      const source = scriptedSource({ [ID]: [throttled, "COMPLETE"] });
      assert.equal((await drive(driver, source, ID, { outageBudgetMs: 40 })).kind, "complete");
      assertPolled(source, 6);
    },
  },
  {
    name: "does not ask again before the time that a throttled answer names",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: [{ throttled: true, retryAfterMs: 200 }, "COMPLETE"] });
      // A driver polls at its longest interval at the latest, whatever the service asks for.
      const { kind } = await drive(driver, source, ID, { maxIntervalMs: 1000 });
      assert.equal(kind, "complete");
      const [first, second] = source.calls;
      assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 195, "it asked too early");
    },
  },
  {
    name: "gives a task time to become known",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["notFound", "notFound", "RUNNING", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID, { notFoundGraceMs: 10_000 })).kind, "complete");
      assertPolled(source, 4);
    },
  },
  {
    name: "ends as notFound when the grace is over",
    uses: ["start"],
    run: async (driver) => {
      const began = performance.now();
      const outcome = await drive(driver, scriptedSource(), ID, { notFoundGraceMs: 100 });
      assert.equal(outcome.kind, "notFound");
      assert.equal(errorFields(outcome.error).code, "TASK_NOT_FOUND");
      assert.ok(performance.now() - began >= 95, "it gave up before the grace was over");
    },
  },
  {
    name: "ends as denied at the first refusal, without asking again",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["denied"] });
      const outcome = await drive(driver, source, ID);
      assert.equal(outcome.kind, "denied");
      assert.equal(errorFields(outcome.error).code, "ACCESS_DENIED");
      assert.equal(source.calls.length, 1);
    },
  },
  {
    name: "does not believe an answer about another task, nor one that is no task",
    uses: ["start"],
    run: async (driver) => {
      const other = { status: "COMPLETE", taskId: "t-other" } as const;
      const source = scriptedSource({ [ID]: [other, { raw: undefined }, "FAILED"] });
      assert.equal((await drive(driver, source, ID)).kind, "failed");
      assertPolled(source, 3);
    },
  },
  {
    name: "gives up a call that is never answered, even by a source that is deaf to its signal, and asks again",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: ["hang", "deaf", "COMPLETE"] });
      assert.equal((await drive(driver, source, ID, { pollTimeoutMs: 1000 })).kind, "complete");
      assertPolled(source, 3);
    },
  },
  {
    name: "tolerates a source that throws before it returns a promise",
    uses: ["start"],
    run: async (driver) => {
      const source = scriptedSource({ [ID]: [{ throws: new Error("no promise") }, "COMPLETE"] });
      assert.equal((await drive(driver, source, ID)).kind, "complete");
      assertPolled(source, 2);
    },
  },
];
