import { describe, expect, it } from "vitest";
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

function childOf(observe: string, end = "FAILED") {
  return runChild(`
    process.on("unhandledRejection", (reason) => console.log("${IN_VAIN}", reason?.code));
    const waiter = new TaskWaiter({ source: one(["${end}"]) });
    const wait = waiter.wait(ID);
    ${observe}
  `);
}

describe("a rejection that nobody awaits", () => {
  it.each(OBSERVED)("is silent when the end is observed by %s", async (_, observe) => {
    const { stdout, stderr, code } = await childOf(observe);
    expect(stdout).not.toContain(IN_VAIN);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it.each(UNOBSERVED)(
    "is an ordinary unhandled rejection when the end is observed by %s",
    async (_, observe) => {
      const { stdout, code } = await childOf(observe);
      expect(stdout.match(/unhandled TASK_FAILED/g)).toHaveLength(1);
      expect(code).toBe(0);
    },
  );

  it("ends the process as Node's default wants it, naming the error and the task", async () => {
    const { code, stderr } = await runChild(`new TaskWaiter({ source: one(["FAILED"]) }).wait(ID);`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/TaskFailedError: task t-child failed/);
  });

  it("is none when the task completes", async () => {
    const { stdout, stderr, code } = await childOf("", "COMPLETE");
    expect([stdout, stderr, code]).toEqual(["", "", 0]);
  });

  it("of a group is silent when its outcomes or its iterator are observed, and the members' are its own", async () => {
    for (const observe of [
      "group.outcomes;",
      "for await (const one of group);",
      "group.on('settled', () => {});",
      "group.catch(() => {});",
    ]) {
      const { stdout, stderr, code } = await runChild(`
        process.on("unhandledRejection", (reason) => console.log("${IN_VAIN}", reason?.code));
        const group = waitForTasks(["t-1", "t-2"], { source: scriptedSource({}, { otherwise: ["FAILED"] }) });
        ${observe}
      `);
      expect([observe, stdout, stderr, code]).toEqual([observe, "", "", 0]);
    }
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
