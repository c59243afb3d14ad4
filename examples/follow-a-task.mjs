import { waitForTask } from "taskwait";

const [taskId] = process.argv.slice(2);
const wait = waitForTask(taskId);
wait.on("throttled", ({ ratePerSecond }) => console.error(`slower now: ${ratePerSecond} calls/s`));
wait.on("retry", ({ error, nextPollMs }) => console.error(`${error.message}; again in ${nextPollMs} ms`));

for await (const { taskStatus, percent } of wait) {
  console.log(taskStatus, percent ?? "?");
}
console.log("ended:", (await wait.outcome).kind);
