import { beforeAll, describe, expect, it } from "vitest";
import { runChild } from "./child.ts";

const IN_VAIN = "unhandled";

/** Ways to observe the end of a wait that fails, each of which makes it nobody's mistake. */
const OBSERVED: [string, string][] = [
  ["awaiting it", "await wait.catch(() => {});"],
  ["then with two handlers", "wait.then(() => {}, () => {});"],
  ["the outcome", "const { kind } = await wait.outcome; console.log(kind);"],
  ["the outcome, though nobody awaits that", "wait.outcome;"],
  ["the iterator", "for await (const task of wait) console.log(task.taskStatus);"],
  ["a listener for `settled`", "wait.on('settled', () => {});"],
  ["one that hears `settled` once", "wait.once('settled', () => {});"],
  ["a listener for the kind it ends with", "wait.on('failed', () => {});"],
  ["the waiter's listener for `settled`", "waiter.on('settled', () => {});"],
  ["the waiter's listener for the kind", "waiter.on('failed', () => {});"],
];

const UNOBSERVED: [string, string][] = [
  ["nobody", ""],
  ["a listener for another kind", "wait.on('complete', () => {}); wait.on('denied', () => {});"],
  ["a listener for `poll` and `status`", "wait.on('poll', () => {}); wait.on('status', () => {});"],
  ["a listener that was taken away", "const f = () => {}; wait.on('settled', f).off('settled', f);"],
  ["then with one handler", "wait.then(() => {});"],
  ["finally", "wait.finally(() => {});"],
];

/** All cases in one process, each about a task of its own. */
async function runAll(cases: readonly (readonly [string, string])[]): Promise<string> {
  const scripts = cases.map(
    ([, observe], index) => `
      (async () => {
        const waiter = new TaskWaiter({ source: scriptedSource({}, { otherwise: ["FAILED"] }) });
        const wait = waiter.wait("t-${index}");
        ${observe}
      })().catch(() => {});`,
  );
  const { stdout, stderr, code } = await runChild(`
    process.on("unhandledRejection", (reason) => console.log("${IN_VAIN}", reason?.code, reason?.taskId));
    ${scripts.join("")}
  `);
  expect([stderr, code]).toEqual(["", 0]);
  return stdout;
}

describe("a rejection that nobody awaits", () => {
  let observed: string;
  let unobserved: string;
  beforeAll(async () => {
    [observed, unobserved] = await Promise.all([runAll(OBSERVED), runAll(UNOBSERVED)]);
  });

  it.each(OBSERVED.map(([how], index) => [how, index] as const))(
    "is silent when the end is observed by %s",
    (_, index) => {
      expect(observed).not.toMatch(new RegExp(`unhandled TASK_FAILED t-${index}\\b`));
    },
  );

  it.each(UNOBSERVED.map(([how], index) => [how, index] as const))(
    "is an ordinary unhandled rejection when the end is observed by %s",
    (_, index) => {
      expect(unobserved.match(new RegExp(`unhandled TASK_FAILED t-${index}\\b`, "g"))).toHaveLength(1);
    },
  );

  it("ends the process as Node's default wants it, naming the error and the task", async () => {
    const { code, stderr } = await runChild(`new TaskWaiter({ source: one(["FAILED"]) }).wait(ID);`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/TaskFailedError: task t-child failed/);
  });

  it("is none when the task completes", async () => {
    const { stdout, stderr, code } = await runChild(
      `new TaskWaiter({ source: one(["COMPLETE"]) }).wait(ID);`,
    );
    expect([stdout, stderr, code]).toEqual(["", "", 0]);
  });

  it("of a group is silent when its outcomes or its iterator are observed, and the members' are its own", async () => {
    const observing = [
      "group.outcomes;",
      "for await (const one of group);",
      "group.on('settled', () => {});",
      "group.catch(() => {});",
    ];
    const groups = observing.map(
      (observe) => `
        (async () => {
          const group = waitForTasks(["t-1", "t-2"], { source: scriptedSource({}, { otherwise: ["FAILED"] }) });
          ${observe}
        })();`,
    );
    const { stdout, stderr, code } = await runChild(groups.join(""));
    expect([stdout, stderr, code]).toEqual(["", "", 0]);
  });

  it("of a group that nobody observes is one unhandled rejection, not one for each member", async () => {
    const { stdout } = await runChild(`
      process.on("unhandledRejection", (reason) => console.log("${IN_VAIN}", reason?.code));
      waitForTasks(["t-1", "t-2", "t-3"], { source: scriptedSource({}, { otherwise: ["FAILED"] }) });
    `);
    expect(stdout.match(/unhandled/g)).toHaveLength(1);
  });

  it("of an abort is silent by the same rule", async () => {
    const { stdout, stderr } = await runChild(`
      process.on("unhandledRejection", (reason) => console.log("${IN_VAIN}", reason));
      const wait = new TaskWaiter({ source: running() }).wait(ID);
      wait.on("aborted", () => {});
      setTimeout(() => wait.abandon("enough"), 50);
    `);
    expect([stdout, stderr]).toEqual(["", ""]);
  });

  it("a listener that throws is one warning, and changes nothing", async () => {
    const { stdout, stderr, code } = await runChild(`
      const wait = new TaskWaiter({ source: one(["RUNNING", "COMPLETE"]) }).wait(ID, { maxIntervalMs: 200 });
      wait.on("poll", () => { throw new Error("my mistake"); });
      console.log((await wait).taskStatus);
    `);
    expect(stdout.trim()).toBe("COMPLETE");
    expect(stderr.match(/my mistake/g)?.length).toBeGreaterThanOrEqual(1);
    expect(stderr.match(/TaskwaitWarning/g)).toHaveLength(1);
    expect(code).toBe(0);
  });
});
