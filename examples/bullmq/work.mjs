// Polls the tasks of the queue. Run any number of these: all together keep to the rate.
import { Worker } from "bullmq";
import { BdrcClient } from "taskwait";
import { taskProcessor, taskWorkerOptions } from "taskwait/bullmq";

const worker = new Worker("tasks", taskProcessor({ source: new BdrcClient() }), {
  connection: { host: "127.0.0.1", port: 6379, maxRetriesPerRequest: null },
  // What the account may call, for all workers together.
  ...taskWorkerOptions({ perSecond: 10 }),
});
worker.on("error", (error) => console.error(error.message));
