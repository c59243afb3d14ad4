// Waits for tasks that the workers poll: node produce.mjs t-... t-...
import process from "node:process";
import { Queue, QueueEvents } from "bullmq";
import { TaskQueue } from "taskwait/bullmq";

const connection = { host: "127.0.0.1", port: 6379, maxRetriesPerRequest: null };
const queue = new Queue("tasks", { connection });
const queueEvents = new QueueEvents("tasks", { connection });
const tasks = new TaskQueue({ queue, queueEvents });

await Promise.all(
  process.argv.slice(2).map(async (taskId) => {
    const wait = tasks.wait(taskId, { timeout: "2h" });
    wait.on("progress", ({ task }) => console.error(`${taskId}: ${task.percent} %`));
    const { kind, task } = await wait.outcome;
    console.log(taskId, kind, task?.result ?? "");
  }),
);
await queueEvents.close();
await queue.close();
