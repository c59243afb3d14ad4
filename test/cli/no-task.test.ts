import { expect, it } from "vitest";
import { explainNoTask } from "../../src/cli/waiting/explain-no-task.ts";

type Run = Parameters<typeof explainNoTask>[0];

function stopped(isKept: boolean, sentAtMs?: number): string {
  const run = {
    task: { checkpoint: () => ({ sentAtMs }) },
    outcome: { kind: "aborted", error: new Error("stopped") },
    phase: { isGivenUp: false },
    interruption: { signalName: "SIGTERM", exitCode: 143 },
    taskType: "UPDATE_RESOURCES",
    isKept,
  };
  return explainNoTask(run as unknown as Run).message;
}

it.each([
  [false, "stopped by SIGTERM; the task may have been started. See: taskwait list --type UPDATE_RESOURCES"],
  [true, "stopped by SIGTERM; the task may have been started. The same line again goes on from there"],
])("a start that was stopped on its way says how to go on, kept in a file: %s", (isKept, message) => {
  expect(stopped(isKept, 1)).toBe(message);
  expect(stopped(isKept)).toBe("stopped by SIGTERM; nothing was started");
});
