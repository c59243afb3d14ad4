import type { ServerResponse } from "node:http";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { type Answer, errorAnswer, goodAnswer } from "../../src/emulator/answer.ts";
import { type FaultDecider, faultSet } from "../../src/emulator/fault.ts";
import { refuse, refuseWith } from "../../src/emulator/refusal.ts";
import { route } from "../../src/emulator/routes.ts";
import { type Listening, listen } from "../../src/emulator/server.ts";
import { substituteAnswer } from "../../src/emulator/substitute.ts";
import { send } from "../../src/emulator/transport.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import type { TaskSource } from "../../src/source.ts";
import { AccessDeniedError, BdrcApiError, TaskNotFoundError } from "../../src/task/errors.ts";
import type { WaitDriver } from "../../src/testing/index.ts";

// Faults that lose the answer. The source is not asked then: its script says what our client gets to see, call by call.
const LOSING: ReadonlySet<string> = new Set(["hang", "reset", "truncate", "huge", "dribble"]);
// A call that hangs is over after this long, so that a test with one stays short.
const CALL_TIMEOUT_MS = 1000;

/**
 * Serves a source over HTTP as the emulator serves its world, faults included: what a scripted source says comes to our
 * client over a bad line. Signatures are not checked here.
 */
async function serve(source: TaskSource, decide: FaultDecider): Promise<Listening> {
  let calls = 0;
  return listen({
    port: 0,
    host: "127.0.0.1",
    resetConnection: () => false,
    handle: (request, response) => {
      const call = request === undefined ? undefined : route(request.method, request.path);
      const taskId = call?.action === "DescribeTask" ? call.taskId : "";
      const faults = faultSet(decide({ method: "GET", path: `/api/v1/tasks/${taskId}` }, calls));
      calls += 1;
      const substitute =
        substituteAnswer(faults.shaping, "bridge") ??
        (LOSING.has(faults.shaping?.kind ?? "")
          ? goodAnswer({ TaskId: taskId, TaskStatus: "RUNNING" })
          : undefined);
      const answer = substitute === undefined ? ask(source, taskId, response) : Promise.resolve(substitute);
      void answer.then((ready) => {
        if (ready === undefined) {
          response.socket?.resetAndDestroy();
          return;
        }
        const timer = setTimeout(() => send(response, ready, faults.shaping), faults.latencyMs);
        response.once("close", () => clearTimeout(timer));
      });
    },
  });
}

/** What the source says, as an answer; undefined when it says that it can't be reached. */
async function ask(
  source: TaskSource,
  taskId: string,
  response: ServerResponse,
): Promise<Answer | undefined> {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new Error("the client hung up")));
  try {
    return goodAnswer(wire(await source.describe(taskId, { signal: controller.signal })));
  } catch (error) {
    if (error instanceof BdrcApiError) {
      const { apiCode, httpStatus, retryAfterMs } = error;
      const refusal = refuseWith(apiCode, httpStatus);
      return errorAnswer(retryAfterMs === undefined ? refusal : { ...refusal, retryAfterMs }, "bridge");
    }
    if (error instanceof TaskNotFoundError) {
      return errorAnswer(refuse("InvalidTask.NotFound"), "bridge");
    }
    return error instanceof AccessDeniedError ? errorAnswer(refuse("NoPermission"), "bridge") : undefined;
  }
}

function wire(task: unknown): unknown {
  if (typeof task !== "object" || task === null) {
    return task;
  }
  const own = Object.entries(task).filter(([name]) => !["percent", "detail", "result"].includes(name));
  return Object.fromEntries(
    own.map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}

/** Drives waits with our engine and our client over HTTP, while the decider does its worst. */
export function driverOverHttp(decide: FaultDecider): WaitDriver {
  const lines = new Map<TaskSource, Promise<{ server: Listening; client: BdrcClient; waiter: TaskWaiter }>>();
  const lineTo = (source: TaskSource) => {
    const known = lines.get(source);
    if (known !== undefined) {
      return known;
    }
    const made = serve(source, decide).then((server) => {
      const client = new BdrcClient({
        endpoint: `http://127.0.0.1:${server.port}`,
        accessKeyId: "AK",
        accessKeySecret: "secret",
        regionId: "cn-shanghai",
        callTimeoutMs: CALL_TIMEOUT_MS,
      });
      return { server, client, waiter: new TaskWaiter({ source: client, rate: { perSecond: 2000 } }) };
    });
    lines.set(source, made);
    return made;
  };
  return {
    start: async (source, taskId, options) => {
      const { waiter } = await lineTo(source);
      const wait = waiter.wait(taskId, options);
      return {
        outcome: wait.outcome,
        abort: (reason) => wait.abandon(reason),
        checkpoint: () => wait.checkpoint(),
      };
    },
    close: async () => {
      for (const line of lines.values()) {
        const { server, client, waiter } = await line;
        await waiter.close();
        await server.close();
        await client.close();
      }
    },
  };
}
