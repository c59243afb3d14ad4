import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from "@temporalio/worker";
import { beforeAll, describe, expect, it } from "vitest";
import { historyOf, refusedHistory } from "./harness/history.ts";

const logger = new DefaultLogger("ERROR");
Runtime.install({ logger });

const task = { taskId: "t-1", taskStatus: "COMPLETE" };
const failed = {
  kind: "failed",
  task: { taskId: "t-1", taskStatus: "FAILED" },
  error: { name: "TaskFailedError", code: "TASK_FAILED", message: "too many requests.", retryable: true },
};

describe("the workflow's side, replayed in Temporal's sandbox", () => {
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    const workflowsPath = fileURLToPath(new URL("./harness/workflows.mjs", import.meta.url));
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  });

  const replay = (history: object) => Worker.runReplayHistory({ workflowBundle }, history, "followed");

  it("gives the task of an activity that completed", async () => {
    await replay(historyOf("pollTask", { result: task }, { kind: "complete", taskId: "t-1" }));
  });

  it("gives the outcome of an activity that failed for good, as one of our errors", async () => {
    await replay(
      historyOf(
        "pollTask",
        { type: "TaskFailed", details: [failed.task, failed] },
        { kind: "failed", code: "TASK_FAILED", retryable: true },
      ),
    );
  });

  it("notices a history that is not its own", async () => {
    const history = historyOf("anotherActivity", { result: task }, { kind: "complete", taskId: "t-1" });
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminism/);
  });

  it.each([
    ["a duration that is none", { timeout: "soon" }, {}],
    ["a time that is no number", { timeoutMs: "10" }, {}],
    ["an unknown way to wait", {}, { how: "sleep" }],
  ])("fails the workflow for good at %s, which else would be tried again forever", async (_, ...args) => {
    await replay(refusedHistory(["t-1", ...args], "InvalidOption"));
  });

  it("bundles nothing of the schemas, the client or the engine", () => {
    expect(workflowBundle.code).not.toContain("zod");
    expect(workflowBundle.code).not.toContain("undici");
  });
});
