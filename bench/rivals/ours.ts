import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { WaitOptions } from "../../src/policy/state/wait-options.ts";
import type { TaskSource } from "../../src/task/source.ts";
import { type Attempt, type Contestant, delaysOf } from "./contestant.ts";

const ID = "t-bench";

function sourceOf({ poll }: Attempt): TaskSource {
  return {
    describe: async (taskId, { signal }) => ({ taskId, taskStatus: await poll(signal) }),
  };
}

function optionsOf(attempt: Attempt): WaitOptions {
  const { minMs, maxMs } = delaysOf(attempt);
  const { signal, timeoutMs } = attempt;
  return { signal, timeoutMs, minIntervalMs: minMs, maxIntervalMs: maxMs };
}

function start(waiter: TaskWaiter, attempt: Attempt) {
  const wait = waiter.wait(ID, optionsOf(attempt));
  const { onPoll } = attempt;
  if (onPoll !== undefined) {
    wait.on("poll", onPoll);
  }
  return wait;
}

/** This package. */
export const taskwait: Contestant = {
  name: "taskwait",
  hasSignal: true,
  hasTimeout: true,
  hasCallback: true,
  knowsStates: true,
  wait: (attempt) => start(new TaskWaiter({ source: sourceOf(attempt) }), attempt),
  waitTwice: (first, second) => {
    const waiter = new TaskWaiter({ source: sourceOf(first) });
    return [start(waiter, first), start(waiter, second)];
  },
  waitAgain: async (attempt) => {
    const wait = start(new TaskWaiter({ source: sourceOf(attempt) }), attempt);
    await wait;
    return wait.then((task) => task);
  },
  resume: async (attempt) => {
    const source = sourceOf(attempt);
    const wait = start(new TaskWaiter({ source }), attempt);
    wait.catch(() => {});
    await new Promise((resolve) => wait.once("retry", resolve));
    const text = JSON.stringify(wait.checkpoint());
    wait.abandon();
    return new TaskWaiter({ source }).wait(ID, { ...optionsOf(attempt), resume: JSON.parse(text) });
  },
};
