import { BdrcClient, waitForTasks } from "taskwait";

const client = new BdrcClient();
const { tasks } = await client.describeTasks({ taskStatus: "RUNNING", maxResults: 500 });

const group = waitForTasks(
  tasks.map(({ taskId }) => taskId),
  { client, timeout: "2h" },
);
for await (const { taskId, outcome } of group) {
  console.log(taskId, outcome.kind);
}
const outcomes = await group.outcomes;
process.exitCode = outcomes.every(({ kind }) => kind === "complete") ? 0 : 1;
