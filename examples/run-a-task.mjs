import { BdrcClient, runTask, updateResources } from "taskwait";

const client = new BdrcClient();
const run = runTask(updateResources(client, { resourceType: "ACS::ECS::Instance" }), { timeout: "2h" });
run.on("started", ({ taskId, attempt }) => console.error(`attempt ${attempt}: ${taskId}`));

const task = await run;
console.log(task.result);
