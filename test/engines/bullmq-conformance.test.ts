import type { TaskSource } from "taskwait";
import { TaskQueue, taskProcessor, taskWorkerOptions } from "taskwait/bullmq";
import { scriptedSource, waitConformance } from "taskwait/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DispatchSource } from "./harness/dispatch.ts";
import { findProgram, isThere } from "./harness/engine.ts";
import { findPostgres, PostgresServer } from "./harness/postgres-server.ts";
import { eventually } from "./harness/processes.ts";
import { type BackendAddress, backendOf } from "./harness/queue-backend.ts";
import { RedisServer } from "./harness/redis-server.ts";

interface Server {
  stop(): Promise<void>;
}

const redis = findProgram("redis-server");
const postgres = findPostgres();

const backends: readonly {
  readonly name: string;
  readonly isInstalled: boolean;
  start(): Promise<readonly [Server, BackendAddress]>;
}[] = [
  {
    name: "Redis",
    isInstalled: isThere("Redis", redis, "apt-get install redis-server"),
    start: async () => {
      const server = await RedisServer.start(redis as string);
      return [server, { kind: "redis", port: server.port }];
    },
  },
  {
    name: "PostgreSQL",
    isInstalled: isThere("PostgreSQL", postgres, "apt-get install postgresql"),
    start: async () => {
      const server = await PostgresServer.start(postgres as string);
      return [server, { kind: "postgres", connectionString: server.connectionString }];
    },
  },
];

for (const { name, isInstalled, start } of backends) {
  describe.skipIf(!isInstalled)(`waits as jobs on ${name}`, () => {
    const dispatch = new DispatchSource();
    let server: Server;
    let tasks: TaskQueue;
    const open: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      const [started, address] = await start();
      server = started;
      const { Queue, QueueEvents, Worker, connection } = backendOf(address);
      const queue = new Queue("tasks", { connection });
      const queueEvents = new QueueEvents("tasks", { connection });
      const worker = new Worker("tasks", taskProcessor({ source: dispatch, queue }) as never, {
        connection,
        ...taskWorkerOptions({ perSecond: 300 }),
      });
      queue.on("error", () => {});
      queueEvents.on("error", () => {});
      worker.on("error", () => {});
      open.unshift(worker, queueEvents, queue);
      await queueEvents.waitUntilReady();
      tasks = new TaskQueue({ queue, queueEvents });
    });
    afterAll(async () => {
      for (const one of open) {
        await one.close();
      }
      await server.stop();
    });

    waitConformance({ describe, it }, () => ({
      start: (source: TaskSource, taskId, options) => {
        const id = dispatch.idOf(source, taskId);
        const { resume, ...rest } = options;
        const wait = tasks.wait(id, { ...rest, ...(resume === undefined ? {} : { resume }) });
        return {
          outcome: wait.outcome,
          checkpoint: () => wait.checkpoint(),
          abort: async (reason) => {
            wait.abandon(reason);
            await tasks.cancel(id);
          },
        };
      },
    }));

    it("shares one job among all that wait for a task, and tells everybody", async () => {
      const source = scriptedSource({ "t-shared": ["CREATED", "RUNNING", { status: "COMPLETE" }] });
      const id = dispatch.idOf(source, "t-shared");
      const waits = Array.from({ length: 20 }, () => tasks.wait(id, { maxIntervalMs: 500 }));
      const statuses: string[] = [];
      waits[7]?.on("status", ({ task }) => statuses.push(task.taskStatus));
      const ended = await Promise.all(waits);
      expect(ended.map(({ taskStatus }) => taskStatus)).toEqual(Array(20).fill("COMPLETE"));
      expect(source.calls.length).toBeLessThanOrEqual(4);
      expect(statuses).toContain("COMPLETE");
    });

    it("holds all polls back after a throttled answer, for as long as that says", async () => {
      const throttled = { throttled: true, retryAfterMs: 1500 } as const;
      const source = scriptedSource({ "t-busy": [throttled, "COMPLETE"], "t-other": ["RUNNING"] });
      const quick = { minIntervalMs: 5, maxIntervalMs: 50 };
      const other = tasks.wait(dispatch.idOf(source, "t-other"), quick);
      await eventually("polls", async () => expect(source.calls.length).toBeGreaterThan(2));
      await tasks.wait(dispatch.idOf(source, "t-busy"), quick);
      other.abandon();
      await other.outcome;
      await tasks.cancel(other.taskId);
      const { atMs } = source.callsOf("t-busy")[0] as { atMs: number };
      const times = source.callsOf("t-other").map((call) => call.atMs - atMs);
      expect(times.some((ms) => ms < 0)).toBe(true);
      // What was under way is not held back.
      expect(times.filter((ms) => ms > 300 && ms < 1400)).toEqual([]);
    });

    it("iterates over the changes", async () => {
      const progress = [1000, 4000, 9000].map((value) => ({ status: "RUNNING", progress: value }));
      const source = scriptedSource({ "t-steps": [...progress, "COMPLETE"] });
      const wait = tasks.wait(dispatch.idOf(source, "t-steps"), { maxIntervalMs: 300 });
      const seen: (number | undefined)[] = [];
      for await (const task of wait) {
        seen.push(task.progress);
      }
      expect(seen.length).toBeGreaterThan(2);
      expect((await wait.outcome).kind).toBe("complete");
    });

    it("rejects bad ids and options at once", () => {
      expect(() => tasks.wait("no id!")).toThrow(/taskId must be/);
      expect(() => tasks.wait("t-1", { timeoutMs: -1 })).toThrow(/timeoutMs must be/);
    });
  });
}
