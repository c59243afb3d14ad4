// A worker with the workflow and the activities. The queue's limit is the account's, over all workers.
import { fileURLToPath } from "node:url";
import { Worker } from "@temporalio/worker";
import { BdrcClient } from "taskwait";
import { taskActivities } from "taskwait/temporal";

const worker = await Worker.create({
  taskQueue: "tasks",
  workflowsPath: fileURLToPath(new URL("./workflows.mjs", import.meta.url)),
  activities: taskActivities({ source: new BdrcClient() }),
  maxTaskQueueActivitiesPerSecond: 8,
});
await worker.run();
