import { EventEmitter, on, once } from "node:events";
import process from "node:process";
import { describe, expect, it, vi } from "vitest";
import { TaskQueue } from "../../src/bullmq/task-queue.ts";
import { runTask, waitForTasks } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { ID, makeWaiter, pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

const script = { durationMs: 60_000, progress: (fraction: number) => 10_000 * fraction };
const makeShared = () => makeWaiter(scriptedSource({}, { otherwise: script }));

/** What Node's functions are typed for, though they need less. */
type Emitter = Parameters<typeof on>[0];

/** A wait in a queue whose job is polled once a second. */
function queuedWait() {
  const events = new EventEmitter();
  const nothing = () => Promise.resolve(undefined);
  const queueEvents = Object.assign(events, { waitUntilReady: nothing });
  const wait = new TaskQueue({ queue: { add: nothing, getJob: nothing }, queueEvents }).wait(ID);
  const state = wait.checkpoint();
  const poll = {
    timeMs: 0,
    taskId: ID,
    event: "poll",
    task: { taskId: ID, taskStatus: "RUNNING" },
    callMs: 1,
  };
  const timer = setInterval(
    () => events.emit("progress", { jobId: ID, data: { state, events: [poll] } }),
    1000,
  );
  setTimeout(() => wait.abandon(), 60_000);
  wait.on("settled", () => clearInterval(timer));
  return wait;
}

const HANDLES: readonly (readonly [string, () => { readonly outcome?: unknown } | PromiseLike<unknown>])[] = [
  ["a wait", () => makeShared().wait(ID)],
  ["a group", () => waitForTasks([ID], { waiter: makeShared() })],
  ["a run", () => runTask(async () => ID, { waiter: makeShared() })],
  ["a wait in a queue", queuedWait],
];

describe.each(HANDLES)("Node's events, of %s", (_, start) => {
  it("on() can be left by break, and leaves no listener", async () => {
    const handle = start();
    Promise.resolve(handle).catch(() => {});
    const names: string[] = [];
    const loop = (async () => {
      for await (const [payload] of on(handle as unknown as Emitter, "poll")) {
        names.push(payload.task.taskId);
        break;
      }
    })();
    await pass(61_000);
    await loop;
    expect(names).toEqual([ID]);
  });

  it("on() ends with the event that it is told to end with", async () => {
    const handle = start();
    Promise.resolve(handle).catch(() => {});
    let polls = 0;
    const loop = (async () => {
      for await (const _ of on(handle as unknown as Emitter, "poll", { close: ["settled"] } as object)) {
        polls++;
      }
    })();
    await pass(61_000);
    await loop;
    expect(polls).toBeGreaterThan(0);
  });

  it("once() resolves with the payload", async () => {
    const handle = start();
    Promise.resolve(handle).catch(() => {});
    const heard = once(handle as unknown as Emitter, "poll");
    await pass(61_000);
    expect((await heard)[0].task.taskId).toBe(ID);
  });
});

describe("a listener that throws what can't be read", () => {
  const unreadable: readonly (readonly [string, unknown])[] = [
    [
      "an error whose message throws",
      Object.defineProperty(new Error("x"), "message", {
        get: () => {
          throw new Error("no");
        },
      }),
    ],
    [
      "an error whose stack throws",
      Object.defineProperty(new Error("x"), "stack", {
        get: () => {
          throw new Error("no");
        },
      }),
    ],
    ["an object without a string", Object.create(null)],
    ["a symbol", Symbol("x")],
    [
      "a proxy that throws at everything",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
          getPrototypeOf: () => {
            throw new Error("no");
          },
        },
      ),
    ],
    ["nothing", undefined],
  ];

  it.each(unreadable)("%s: is told of, and the wait goes on", async (_, thrown) => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const wait = makeShared().wait(ID);
    wait.on("poll", () => {
      throw thrown;
    });
    wait.on("status", () => Promise.reject(thrown));
    await pass(61_000);
    expect((await wait).taskStatus).toBe("COMPLETE");
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });
});
