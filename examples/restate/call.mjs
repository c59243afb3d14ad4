// Waits from outside of Restate, however long it takes and whatever restarts meanwhile: node call.mjs t-...
import process from "node:process";
import { restateClient } from "taskwait/restate";

const [taskId = ""] = process.argv.slice(2);
const restate = restateClient({ ingress: "http://127.0.0.1:8080", admin: "http://127.0.0.1:9070" });
const task = await restate.wait(taskId, { timeout: "2h", idempotencyKey: taskId });
console.log(task.taskStatus, task.result ?? "");
