// Starts the workflow for a task and tells how it ended: node follow.mjs t-...
import process from "node:process";
import { Client, Connection } from "@temporalio/client";

const [taskId = ""] = process.argv.slice(2);
const connection = await Connection.connect({ address: "127.0.0.1:7233" });
const client = new Client({ connection });
const options = { taskQueue: "tasks", workflowId: taskId, args: [taskId] };
console.log(await client.workflow.execute("followTask", options));
await connection.close();
