import { beforeAll, describe, expect, it } from "vitest";
import { runChild } from "./child.ts";

const SETTLED_HEAP = `
  async function settledHeap() {
    for (let pass = 0; pass < 5; pass++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return process.memoryUsage().heapUsed;
  }
`;

// A source without a memory, so that what is left is the engine's. What it does is told by the task's id.
const SCRIPT = `
  import { getEventListeners } from "node:events";

  const hang = (signal) => new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const fail = (more) => { throw Object.assign(new Error("no"), more); };
  const source = {
    async describe(taskId, { signal }) {
      const poll = (taskStatus) => ({ taskId, taskStatus, taskType: "CHECK_RULES", progress: 5000 });
      switch (taskId.split(".")[0]) {
        case "complete": return poll("COMPLETE");
        case "failed": return poll("FAILED");
        case "expired": return poll("EXPIRED");
        case "canceled": return poll("CANCELED");
        case "denied": return fail({ httpStatus: 403, apiCode: "NoPermission" });
        case "notFound": return fail({ httpStatus: 404, apiCode: "EntityNotExist.Task" });
        case "unreachable": return fail({ code: "ENOTFOUND" });
        case "broken": return fail({ code: "ECONNRESET" });
        case "throttled": return fail({ httpStatus: 429, apiCode: "Throttling.User" });
        case "hang": return hang(signal);
        case "deaf": return new Promise(() => {});
        default: return poll("RUNNING");
      }
    },
  };

  const KINDS = ["complete", "failed", "expired", "canceled", "denied", "notFound", "unreachable", "broken",
    "throttled", "hang", "deaf", "running", "abandoned", "aborted", "iterated", "heard", "over"];
  const OPTIONS = {
    notFound: { notFoundGraceMs: 0 }, unreachable: { outageBudgetMs: 0 }, broken: { outageBudgetMs: 0 },
    throttled: { timeoutMs: 400 }, hang: { timeoutMs: 400 }, deaf: { timeoutMs: 400 }, running: { timeoutMs: 400 },
    over: { timeoutMs: 0 },
  };
  const counts = {};
  let mostListeners = 0;

  async function round(count, signal, controller) {
    const waiter = new TaskWaiter({ source, rate: { perSecond: 10_000 } });
    const shared = [];
    for (let index = 0; index < count; index++) {
      const kind = KINDS[index % KINDS.length];
      // Every third id is shared, so that waits join each other's calls.
      const taskId = kind + "." + (index % 3 === 0 ? "same" : index);
      const wait = waiter.wait(taskId, { signal, ...OPTIONS[kind] });
      if (kind === "heard") for (const name of ["poll", "status", "aborted", "settled"]) wait.on(name, () => {});
      if (kind === "iterated") void (async () => { for await (const task of wait) if (task === 0) break; })();
      if (kind === "abandoned") setTimeout(() => wait.abandon(), index % 200);
      shared.push(wait.outcome.then((outcome) => { counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1; }));
    }
    const sample = setInterval(() => {
      mostListeners = Math.max(mostListeners, getEventListeners(signal, "abort").length);
    }, 10);
    setTimeout(() => controller.abort(new Error("all that are left")), 3000);
    await Promise.all(shared);
    clearInterval(sample);
    return waiter;
  }

  ${SETTLED_HEAP}
  // The first round brings code and caches in.
  const warm = new AbortController();
  await round(2000, warm.signal, warm);
  const before = await settledHeap();
  const resourcesBefore = process.getActiveResourcesInfo();
  for (const kind of Object.keys(counts)) delete counts[kind];

  const controller = new AbortController();
  const waiter = await round(10_000, controller.signal, controller);
  const listeners = getEventListeners(controller.signal, "abort").length;
  const after = await settledHeap();
  console.log(JSON.stringify({
    counts, listeners, mostListeners, resources: process.getActiveResourcesInfo(), resourcesBefore,
    grownBytes: after - before, stats: waiter.stats(),
  }));
`;

interface Left {
  readonly counts: Record<string, number>;
  readonly listeners: number;
  readonly mostListeners: number;
  readonly resources: string[];
  readonly grownBytes: number;
  readonly stats: { readonly waits: number; readonly tasks: number; readonly queued: number };
}

describe("10,000 waits with all endings", { timeout: 180_000 }, () => {
  let left: Left;

  beforeAll(async () => {
    const { code, stdout, stderr } = await runChild(SCRIPT, ["--expose-gc"], 150_000);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    left = JSON.parse(stdout);
  }, 180_000);

  it("all settled, each in its way", () => {
    expect(Object.values(left.counts).reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(Object.keys(left.counts).sort()).toEqual([
      "aborted",
      "canceled",
      "complete",
      "denied",
      "expired",
      "failed",
      "notFound",
      "timedOut",
      "unreachable",
    ]);
  });

  it("no timer, socket or other resource is left", () => {
    expect(left.resources.filter((name) => !/TTY|Pipe/.test(name))).toEqual([]);
  });

  it("no wait, task or claim is left in the waiter", () => {
    expect(left.stats).toMatchObject({ waits: 0, tasks: 0, queued: 0 });
  });

  it("the shared signal had one listener at a time, and has none", () => {
    expect(left.mostListeners).toBe(1);
    expect(left.listeners).toBe(0);
  });

  it("the heap is back within 5 MB", () => {
    expect(left.grownBytes).toBeLessThan(5 * 1024 * 1024);
  });
});

describe("10,000 waiters that were dropped, each with a quota of its own", { timeout: 60_000 }, () => {
  it("leave nothing in the registry of shared rates", async () => {
    const { code, stdout, stderr } = await runChild(
      `${SETTLED_HEAP}
      async function round(name) {
        for (let index = 0; index < 10_000; index++) {
          const quotaKeys = { describe: name + index + "-".repeat(1000) };
          const describe = async (taskId) => ({ taskId, taskStatus: "COMPLETE" });
          const waiter = new TaskWaiter({ source: { describe, quotaKeys } });
          if (index % 100 === 0) await waiter.wait("t-1");
        }
        return await settledHeap();
      }
      const before = await round("first");
      console.log(await round("second") - before);`,
      ["--expose-gc"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // The keys alone are 10 MB.
    expect(Number(stdout)).toBeLessThan(2 * 1024 * 1024);
  });
});
