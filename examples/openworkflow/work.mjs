// A worker with the workflow. Run any number of these: what one leaves undone, another goes on with.
import process from "node:process";
import { OpenWorkflow } from "openworkflow";
import { BackendPostgres } from "openworkflow/postgres";
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
const once = { maximumAttempts: 1 };

async function update({ step }) {
  let isFirst = false;
  const sentAtMs = await step.run({ name: "before start" }, () => {
    isFirst = true;
    return Date.now();
  });
  let state = await step.run({ name: "start", retryPolicy: once }, async () => {
    // Where the step above was replayed, another process may have sent the start: then it is searched for.
    const { taskId, adopted } = await startTask(updateResources(source), isFirst ? {} : { sentAtMs });
    return beginWait(taskId, { nowMs: Date.now(), options, source, justStarted: !adopted });
  });
  while (state.ended === undefined) {
    await step.sleep("until due", `${Math.max(0, state.nextPollAtMs - Date.now())} ms`);
    state = await step.run({ name: "poll" }, async () => {
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

const { DATABASE_URL = "postgres://postgres:postgres@127.0.0.1:5432/postgres" } = process.env;
const engine = new OpenWorkflow({ backend: await BackendPostgres.connect(DATABASE_URL) });
engine.implementWorkflow({ name: "update" }, update);
await engine.newWorker({ concurrency: 20 }).start();
