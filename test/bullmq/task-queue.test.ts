import process from "node:process";
import { describe, expect, it, vi } from "vitest";
import { TaskQueue } from "../../src/bullmq/task-queue.ts";

const nothing = () => Promise.resolve(undefined);
const queue = { add: nothing, getJob: nothing };
const queueEvents = { on: () => {}, off: () => {}, waitUntilReady: nothing };

describe("a TaskQueue", () => {
  it.each([
    ["a queue", { queueEvents }, /^TaskQueue: queue must be a Queue of BullMQ, got undefined/],
    ["events", { queue }, /^TaskQueue: queueEvents must be the QueueEvents of the same queue, got undefined/],
    ["its ends in their places", { queue: queueEvents, queueEvents: queue }, /^TaskQueue: queue must be/],
    ["options", undefined, /^TaskQueue: options must be an object/],
    ["a name it knows", { queue, queueEvents, connection: {} }, /unknown option "connection"/],
  ])("is not made without %s", (_, options, message) => {
    expect(() => new TaskQueue(options as never)).toThrow(message);
  });

  it("refuses bad ids and options before it touches the queue", () => {
    const tasks = new TaskQueue({ queue, queueEvents });
    expect(() => tasks.wait("no id!")).toThrow(/taskId must be/);
    expect(() => tasks.wait("t-1", { timeoutMs: -1 })).toThrow(/timeoutMs must be/);
  });

  it("tells of a listener that throws, once, and lets the others hear", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const heard: string[] = [];
    const wait = new TaskQueue({ queue, queueEvents }).wait("t-1");
    const fails = () => {
      throw new Error("my own mistake");
    };
    wait.on("settled", fails).on("settled", () => heard.push("settled"));
    wait.on("aborted", async () => Promise.reject(new Error("mine, too"))).on("aborted", fails);
    wait.abandon();
    expect((await wait.outcome).kind).toBe("aborted");
    expect(heard).toEqual(["settled"]);
    await new Promise((resolve) => setImmediate(resolve));
    const options = {
      type: "TaskwaitWarning",
      code: "LISTENER_THREW",
      detail: expect.stringMatching(/mine, too|my own/),
    };
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^a listener for "(aborted|settled)" threw .*; the wait goes on$/), options],
      [expect.stringMatching(/^a listener for "(aborted|settled)" threw .*; the wait goes on$/), options],
    ]);
    warn.mockRestore();
  });
});
