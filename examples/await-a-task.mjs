import { isTaskFailedError, waitForTask } from "taskwait";

const [taskId] = process.argv.slice(2);
try {
  const task = await waitForTask(taskId, { timeout: "1h" });
  console.log(task.result);
} catch (error) {
  console.error(error.message);
  process.exitCode = isTaskFailedError(error) ? 1 : 2;
}
