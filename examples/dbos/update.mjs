// Starts a task, waits for it, and tells its result: node update.mjs nightly-2026-11-27. After a crash, the same again.
import process from "node:process";
import { DBOS } from "@dbos-inc/dbos-sdk";
import {
  BdrcClient,
  beginWait,
  decide,
  decideTimeout,
  observe,
  resolveWaitOptions,
  startTask,
  updateResources,
} from "taskwait";

const source = new BdrcClient();
const options = resolveWaitOptions({ timeout: "2h" });
const step = (name, run) => DBOS.runStep(async () => run(), { name });

async function update() {
  let isFirst = false;
  const sentAtMs = await step("before start", () => {
    isFirst = true;
    return Date.now();
  });
  let state = await step("start", async () => {
    // Where the step above was replayed, another process may have sent the start: then it is searched for.
    const { taskId, adopted } = await startTask(updateResources(source), isFirst ? {} : { sentAtMs });
    return beginWait(taskId, { nowMs: Date.now(), options, source, justStarted: !adopted });
  });
  while (state.ended === undefined) {
    await DBOS.sleep(Math.max(0, state.nextPollAtMs - Date.now()));
    state = await step("poll", async () => {
      const observation = await observe(source, state.taskId, AbortSignal.timeout(options.pollTimeoutMs));
      return decide(state, observation, { nowMs: Date.now(), random: Math.random, options }).state;
    });
  }
  const { outcome } = decideTimeout(state, state.nextPollAtMs); // what it ended with, and when
  if (outcome.kind !== "complete") {
    throw outcome.error;
  }
  return { taskId: state.taskId, result: outcome.task.result ?? null };
}
const workflow = DBOS.registerWorkflow(update, { name: "update" });

const { DATABASE_URL = "postgres://postgres:postgres@127.0.0.1:5432/postgres" } = process.env;
DBOS.setConfig({ name: "taskwait-example", systemDatabaseUrl: DATABASE_URL, logLevel: "error" });
await DBOS.launch();
const [workflowID = "update"] = process.argv.slice(2);
const run = await DBOS.startWorkflow(workflow, { workflowID })();
try {
  console.log(JSON.stringify(await run.getResult()));
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
await DBOS.shutdown();
await source.close();
