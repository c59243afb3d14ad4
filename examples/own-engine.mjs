import { BdrcClient, beginWait, decide, decideTimeout, observe, resolveWaitOptions } from "taskwait";

/** Your engine's own: `step` runs a function once and keeps its JSON, `sleep` outlives the process. */
export async function waitDurably(taskId, { step, sleep }, source = new BdrcClient()) {
  const options = resolveWaitOptions({ timeout: "2h" });
  let state = await step("begin", () => beginWait(taskId, { nowMs: Date.now(), options, source }));
  while (state.ended === undefined) {
    await sleep(Math.max(0, state.nextPollAtMs - Date.now()));
    state = await step("poll", async () => {
      const observation = await observe(source, taskId, AbortSignal.timeout(options.pollTimeoutMs));
      return decide(state, observation, { nowMs: Date.now(), random: Math.random, options }).state;
    });
  }
  return decideTimeout(state, state.nextPollAtMs).outcome; // of a state that has ended: what it ended with, and when
}
