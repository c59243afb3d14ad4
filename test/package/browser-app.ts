// Runs in a browser, as part of a bundle: an app that waits for tasks of a service of its own.
import { ProtocolError, parseTask, type Task, TaskFailedError, type TaskSource, TaskWaiter } from "taskwait";

const source: TaskSource = {
  async describe(taskId: string, { signal }: { readonly signal?: AbortSignal }): Promise<Task> {
    const answer = await fetch(`/tasks/${encodeURIComponent(taskId)}`, { signal: signal ?? null });
    if (!answer.ok) {
      throw new ProtocolError(`the service answered ${answer.status}`, { taskId });
    }
    return parseTask(await answer.json());
  },
};

const waiter = new TaskWaiter({ source, waitPriceMs: 20, minIntervalMs: 20 });

async function told(taskId: string): Promise<unknown> {
  const wait = waiter.wait(taskId);
  const events: string[] = [];
  wait.on("status", ({ task }) => events.push(task.taskStatus));
  wait.on("poll", () => {
    throw new Error("a listener that throws");
  });
  wait.on("settled", ({ kind }) => events.push(kind));
  const seen: string[] = [];
  for await (const { taskStatus } of wait) {
    seen.push(taskStatus);
  }
  const { kind } = await wait.outcome;
  return { kind, events, last: seen.at(-1) };
}

async function refused(taskId: string): Promise<unknown> {
  try {
    return await waiter.wait(taskId);
  } catch (error) {
    return error instanceof TaskFailedError && { name: error.name, code: error.code, message: error.message };
  }
}

async function aborted(): Promise<unknown> {
  const controller = new AbortController();
  const wait = waiter.wait("hangs", { signal: controller.signal });
  setTimeout(() => controller.abort("enough"), 50);
  return await wait.catch((reason: unknown) => reason);
}

async function late(): Promise<unknown> {
  const { kind } = await waiter.wait("endless", { timeoutMs: 300 }).outcome;
  return kind;
}

async function main(): Promise<unknown> {
  const [completes, fails, abort, timeout] = await Promise.all([
    told("completes"),
    refused("fails"),
    aborted(),
    late(),
  ]);
  await waiter.close();
  return { completes, fails, abort, timeout };
}

const result: unknown = await main().catch((error: unknown) => ({ thrown: String(error) }));
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
