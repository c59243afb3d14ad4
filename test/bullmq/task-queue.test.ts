import { describe, expect, it } from "vitest";
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
});
