import { describe, expect, it } from "vitest";
import { runChild } from "./child.ts";

// Whatever a process does besides, it starts and ends within this on a busy machine.
const PROMPT_MS = 15_000;

/** What a process does to end a wait. Each leaves a deadline of a day and a sleep of minutes behind, if it leaves anything. */
const LONG = "{ minInterval: '5m', timeout: '24h' }";

const ENDINGS: [string, string][] = [
  ["it completes", `await waitForTask(ID, { source: one(["COMPLETE"]), minInterval: "5m" });`],
  ["it fails", `await waitForTask(ID, { source: one(["FAILED"]), minInterval: "5m" }).catch(() => {});`],
  ["it is denied", `await waitForTask(ID, { source: one(["denied"]) }).catch(() => {});`],
  [
    "it times out in a sleep",
    `await waitForTask(ID, { source: running(), timeoutMs: 300 }).catch(() => {});`,
  ],
  [
    "it times out in a call",
    `await waitForTask(ID, { source: one(["hang"]), timeoutMs: 300 }).catch(() => {});`,
  ],
  [
    "it times out in a call that is deaf",
    `await waitForTask(ID, { source: one(["deaf"]), timeoutMs: 300, pollTimeout: "1h" }).catch(() => {});`,
  ],
  [
    "it is aborted in a sleep",
    `const controller = new AbortController();
     const wait = new TaskWaiter({ source: running() }).wait(ID, { signal: controller.signal, ...${LONG} });
     wait.catch(() => {});
     setTimeout(() => controller.abort(), 200);`,
  ],
  [
    "it is aborted in a call",
    `const wait = new TaskWaiter({ source: one(["deaf"]) }).wait(ID, { pollTimeout: "1h" });
     wait.catch(() => {});
     setTimeout(() => wait.abandon(), 200);`,
  ],
  [
    "it is aborted while the limiter queues",
    `const waiter = new TaskWaiter({ source: running(), rate: { perSecond: 0.001 } });
     const waits = ["t-1", "t-2", "t-3"].map((id) => waiter.wait(id, ${LONG}));
     for (const wait of waits) wait.catch(() => {});
     setTimeout(() => waits.forEach((wait) => wait.abandon()), 200);`,
  ],
  [
    "it is aborted while the service wants a pause",
    `const waiter = new TaskWaiter({ source: one([{ throttled: true, retryAfterMs: 600_000 }]) });
     const wait = waiter.wait(ID);
     wait.catch(() => {});
     setTimeout(() => wait.abandon(), 200);`,
  ],
  [
    "its waiter is closed",
    `const waiter = new TaskWaiter({ source: running() });
     waiter.wait(ID, ${LONG}).catch(() => {});
     setTimeout(() => void waiter.close(), 200);`,
  ],
  ["there is a waiter and no wait", "new TaskWaiter({ source: running() });"],
  [
    "an iterator was left in the middle",
    `const wait = new TaskWaiter({ source: one(["RUNNING", "COMPLETE"]) }).wait(ID, { maxIntervalMs: 200 });
     for await (const task of wait) break;
     await wait;`,
  ],
];

describe("a process can exit when its waits have ended", () => {
  it.each(ENDINGS)("%s", async (_, script) => {
    const { code, signal, stderr, tookMs } = await runChild(script);
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
    expect(tookMs).toBeLessThan(PROMPT_MS);
  });

  it("and does not before: a wait in flight holds it, in a sleep as in a call", async () => {
    const { code, stdout } = await runChild(`
      const source = one([{ status: "RUNNING", delayMs: 300 }, "COMPLETE"]);
      waitForTask(ID, { source, minIntervalMs: 300, maxIntervalMs: 300 }).then((task) => console.log(task.taskStatus));
    `);
    expect([code, stdout.trim()]).toEqual([0, "COMPLETE"]);
  });

  it("and a wait that nobody will ever end holds it for as long", async () => {
    const { signal } = await runChild(`waitForTask(ID, { source: running() });`, [], 3000);
    expect(signal).toBe("SIGKILL");
  });
});
