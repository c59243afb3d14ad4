import { createServer } from "node:http2";
import { createEndpointHandler } from "@restatedev/restate-sdk";
import { isTaskwaitError, type TaskSource, type WaitState } from "taskwait";
import { restateClient, restateServices } from "taskwait/restate";
import { type DrivenOutcome, scriptedSource, waitConformance } from "taskwait/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DispatchSource } from "./harness/dispatch.ts";
import { findRestate, isThere } from "./harness/engine.ts";
import { eventually, freePort, sleep } from "./harness/processes.ts";
import { RestateServer } from "./harness/restate-server.ts";

const KINDS: Readonly<Record<string, DrivenOutcome["kind"]>> = {
  TASK_FAILED: "failed",
  TASK_EXPIRED: "expired",
  TASK_CANCELED: "canceled",
  WAIT_TIMEOUT: "timedOut",
  TASK_NOT_FOUND: "notFound",
  ACCESS_DENIED: "denied",
  UNREACHABLE: "unreachable",
};

const binary = findRestate();
const isInstalled = isThere("Restate", binary, "npm run test:engines installs it");

describe.skipIf(!isInstalled).each([
  ["as it comes", {}],
  // Every handler is suspended and replayed at each of its steps.
  ["with every step replayed", { RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT: "0s" }],
])("waits in Restate, %s", (_, env) => {
  const dispatch = new DispatchSource();
  const { services } = restateServices({ source: dispatch, perSecond: 400, shards: 3 });
  const http = createServer(createEndpointHandler({ services }));
  let server: RestateServer;

  beforeAll(async () => {
    server = await RestateServer.start(binary as string, env);
    const port = await freePort();
    await new Promise<void>((resolve) => {
      http.listen(port, "127.0.0.1", resolve);
    });
    await server.register(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    http.close();
    await server.stop();
  });

  const client = () => restateClient({ ingress: server.ingress, admin: server.admin });

  async function checkpointOf(id: string): Promise<WaitState | null> {
    for (let shard = 0; shard < 3; shard++) {
      const response = await fetch(`${server.ingress}/TaskwaitPoller/default~${shard}/state`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(id),
      });
      const state = response.ok ? ((await response.json()) as WaitState | null) : null;
      if (state !== null) {
        return state;
      }
    }
    return null;
  }

  waitConformance({ describe, it }, () => ({
    start: (source: TaskSource, taskId, options) => {
      const id = dispatch.idOf(source, taskId);
      const controller = new AbortController();
      const outcome = client()
        .wait(id, { ...options, signal: controller.signal })
        .then(
          (task): DrivenOutcome => ({ kind: "complete", task }),
          (error: unknown): DrivenOutcome => {
            if (controller.signal.aborted) {
              return { kind: "aborted", error };
            }
            const known = isTaskwaitError(error) ? KINDS[error.code] : undefined;
            if (known === undefined) {
              throw error;
            }
            return {
              kind: known,
              error,
              ...(isTaskwaitError(error) && error.task ? { task: error.task } : {}),
            };
          },
        );
      return {
        outcome,
        abort: async (reason) => {
          controller.abort(reason);
          await outcome;
          // The abort is a message to the server; from when the poller has it there is no further call. That is
          // long before the wait's own deadline, which would end the calls just as well.
          await eventually(
            "the end of the wait",
            async () => {
              expect(await checkpointOf(id)).toBeNull();
            },
            8000,
          );
        },
      };
    },
  }));

  it("serves 50 callers of one task with at most 10 polls", async () => {
    const source = scriptedSource({ "t-one": { durationMs: 3000 } });
    const id = dispatch.idOf(source, "t-one");
    const waits = Array.from({ length: 50 }, () => client().wait(id, { waitPriceMs: 500 }));
    expect(new Set((await Promise.all(waits)).map((task) => task.taskStatus))).toEqual(new Set(["COMPLETE"]));
    expect(source.calls.length).toBeLessThanOrEqual(10);
  });

  it("tells how a task is while it is waited for, and keeps nothing of it afterwards", async () => {
    const source = scriptedSource({ "t-seen": { durationMs: 2500 } });
    const id = dispatch.idOf(source, "t-seen");
    const wait = client().wait(id, { maxIntervalMs: 200 });
    await sleep(1200);
    expect((await checkpointOf(id))?.task?.taskStatus).toBe("RUNNING");
    await wait;
    await sleep(500);
    const rows = await server.query<object>(
      "select service_key, key, value_utf8 from state where service_name = 'TaskwaitPoller'",
    );
    expect(rows).toEqual([]);
  });

  it("polls no more once the last wait is cancelled, however often, and on for one that is not", async () => {
    const source = scriptedSource({ "t-left": ["RUNNING"] });
    const id = dispatch.idOf(source, "t-left");
    const begin = (controller: AbortController) =>
      client()
        .wait(id, { minIntervalMs: 50, maxIntervalMs: 100, timeout: "2m", signal: controller.signal })
        .catch((error: unknown) => error);
    const callsIn = async (durationMs: number) => {
      const before = source.calls.length;
      await sleep(durationMs);
      return source.calls.length - before;
    };
    const cancelAll = async () => {
      const running = await server.query<{ id: string }>(
        "select id from sys_invocation where target = 'Taskwait/wait' and status != 'completed'",
      );
      await Promise.all(
        running.map((one) => fetch(`${server.admin}/invocations/${one.id}/cancel`, { method: "PATCH" })),
      );
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const ends = [begin(first), begin(second)];
    await eventually("polling", async () => expect(source.calls.length).toBeGreaterThan(2));
    first.abort("enough");
    expect(await ends[0]).toBe("enough");
    await sleep(500);
    expect(await callsIn(1000)).toBeGreaterThan(1);
    await Promise.all([cancelAll(), cancelAll()]);
    await eventually("the end of the polling", async () => expect(await checkpointOf(id)).toBeNull(), 8000);
    expect(await callsIn(1000)).toBe(0);
    expect(await ends[1]).toMatchObject({ code: "PROTOCOL" });
  });

  it("refuses a bad request at once", async () => {
    await expect(client().wait("no id!")).rejects.toThrow(/taskId must be/);
    await expect(client().wait("t-1", { timeoutMs: -1 })).rejects.toThrow(/timeoutMs must be/);
  });
});
