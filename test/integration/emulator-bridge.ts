import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as after, setImmediate as turn } from "node:timers/promises";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { CLOCK_WINDOW_MS } from "../../src/emulator/access/authentication.ts";
import { type Fault, faultSet } from "../../src/emulator/faults/fault.ts";
import { substituteAnswer } from "../../src/emulator/faults/substitute.ts";
import { type Listening, listen } from "../../src/emulator/http/server.ts";
import { send } from "../../src/emulator/http/transport.ts";
import { type Answer, errorAnswer, goodAnswer } from "../../src/emulator/protocol/answer.ts";
import type { ApiRequest } from "../../src/emulator/protocol/api-request.ts";
import { refuse, refuseWith } from "../../src/emulator/protocol/refusal.ts";
import { route } from "../../src/emulator/protocol/routes.ts";
import { TaskWaiter } from "../../src/engine/task-waiter.ts";
import { AccessDeniedError, BdrcApiError, TaskNotFoundError } from "../../src/task/errors.ts";
import type { TaskSource } from "../../src/task/source.ts";
import type { WaitDriver } from "../../src/testing/index.ts";

// Faults that lose the answer. The source is not asked then: its script says what our client gets to see, call by call.
// For the same reason an answer that our client gave up is given again: a process that stands still for longer than a
// call may take would otherwise skip a step of the script.
const LOSING: ReadonlySet<string> = new Set(["hang", "reset", "truncate", "huge", "dribble", "gzip"]);
const UNDER_WAY_MS = 20;

/** What goes wrong between our client and a source. */
export interface BadLine {
  /** What the n-th call meets. */
  readonly decide?: (n: number) => readonly Fault[];
  /** Whether the n-th connection is reset as soon as it is made. */
  readonly resetConnection?: (n: number) => boolean;
  /** When our client gives a call up; default 10 s. A call that hangs takes as long. */
  readonly callTimeoutMs?: number;
}

interface Line {
  readonly client: BdrcClient;
  readonly waiter: TaskWaiter;
  /** Ends it, and rejects when a wait, a call or a connection was left behind. */
  end(): Promise<void>;
}

/**
 * Serves a source over HTTP as the emulator serves its world, faults included: what a scripted source says comes to our
 * client over a bad line. Signatures are not checked here, but the date is.
 */
async function serve(
  source: TaskSource,
  line: BadLine,
  sockets: Set<Socket>,
  unread: Map<string, Answer>,
): Promise<Listening> {
  let calls = 0;
  return listen({
    port: 0,
    host: "127.0.0.1",
    resetConnection: line.resetConnection ?? (() => false),
    handle: (request, response) => {
      if (response.socket !== null) {
        sockets.add(response.socket);
      }
      const call = request === undefined ? undefined : route(request.method, request.path);
      const taskId = call?.action === "DescribeTask" ? call.taskId : "";
      const faults = faultSet(line.decide?.(calls) ?? []);
      calls += 1;
      const serverNowMs = Date.now() + faults.skewMs;
      const substitute =
        substituteAnswer(faults.shaping, "bridge") ??
        (LOSING.has(faults.shaping?.kind ?? "")
          ? goodAnswer({ TaskId: taskId, TaskStatus: "RUNNING" })
          : isOutOfTime(request, serverNowMs)
            ? errorAnswer(refuse("InvalidTimeStamp.Expired"), "bridge")
            : undefined);
      const answer = async (): Promise<Answer | undefined> => {
        const given = substitute ?? unread.get(taskId) ?? (await ask(source, taskId, response));
        if (substitute === undefined && given !== undefined) {
          unread.set(taskId, given);
        }
        return given;
      };
      void answer().then((ready) => {
        if (ready === undefined) {
          response.socket?.resetAndDestroy();
          return;
        }
        const dated = { ...ready, headers: { ...ready.headers, date: new Date(serverNowMs).toUTCString() } };
        const timer = setTimeout(() => send(response, dated, faults.shaping), faults.latencyMs);
        response.once("close", () => clearTimeout(timer));
      });
    },
  });
}

function isOutOfTime(request: ApiRequest | undefined, serverNowMs: number): boolean {
  const sentAtMs = Date.parse(request?.headers["x-acs-date"] ?? "");
  return Math.abs(sentAtMs - serverNowMs) > CLOCK_WINDOW_MS;
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

async function connect(source: TaskSource, bad: BadLine): Promise<Line> {
  const sockets = new Set<Socket>();
  const unread = new Map<string, Answer>();
  const server = await serve(source, bad, sockets, unread);
  const client = new BdrcClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    accessKeyId: "AK",
    accessKeySecret: "secret",
    regionId: "cn-shanghai",
    callTimeoutMs: bad.callTimeoutMs ?? 10_000,
    onCall: ({ taskId = "", requestId }) => {
      if (requestId !== undefined && requestId === unread.get(taskId)?.requestId) {
        unread.delete(taskId);
      }
    },
  });
  const waiter = new TaskWaiter({ source: client, rate: { perSecond: 2000 } });
  const end = async (): Promise<void> => {
    const { waits, tasks, queued } = waiter.stats();
    await waiter.close();
    await client.close();
    const open = () => [...sockets].filter((socket) => !socket.destroyed).length;
    for (let tries = 0; open() > 0 && tries < 300; tries++) {
      await after(10);
    }
    const left = { waits, tasks, queued, connections: open() };
    await server.close();
    assert.deepEqual(left, { waits: 0, tasks: 0, queued: 0, connections: 0 });
  };
  return { client, waiter, end };
}

/** Drives waits with our engine and our client over HTTP, while the line does its worst. */
export function driverOverHttp(bad: BadLine = {}): WaitDriver {
  const lines = new Map<TaskSource, Promise<Line>>();
  return {
    start: async (source, taskId, options) => {
      const line = lines.get(source) ?? connect(source, bad);
      lines.set(source, line);
      const { waiter } = await line;
      const wait = waiter.wait(taskId, options);
      return {
        outcome: wait.outcome,
        abort: async (reason) => {
          wait.abandon(reason);
          // A call that was under way is the line's by now: it may still come to the source.
          await after(UNDER_WAY_MS);
          for (let turns = 0; turns < 5; turns++) {
            // A process that was kept from running runs its timers before it reads what has come.
            await turn();
          }
        },
        checkpoint: () => wait.checkpoint(),
      };
    },
    close: async () => {
      for (const line of lines.values()) {
        await (await line).end();
      }
    },
  };
}
