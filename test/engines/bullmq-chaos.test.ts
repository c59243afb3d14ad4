import process from "node:process";
import type { Outcome } from "taskwait";
import { TaskQueue } from "taskwait/bullmq";
import { startEmulator } from "taskwait/emulator";
import { afterEach, describe, expect, it } from "vitest";
import { accountOf, idOf, mostInASecond } from "./harness/account.ts";
import { findProgram, isThere } from "./harness/engine.ts";
import { findPostgres, PostgresServer } from "./harness/postgres-server.ts";
import { eventually, type Started, sleep, start } from "./harness/processes.ts";
import { type BackendAddress, backendOf } from "./harness/queue-backend.ts";
import { RedisServer } from "./harness/redis-server.ts";

const RATE = 80;
const WAITS = 300;
const redis = findProgram("redis-server");
const postgres = findPostgres();
const servers = [
  {
    name: "Redis",
    isInstalled: isThere("Redis", redis, "apt-get install redis-server"),
    begin: async () => {
      const server = await RedisServer.start(redis as string);
      return { server, address: { kind: "redis", port: server.port } as BackendAddress };
    },
  },
  {
    name: "PostgreSQL",
    isInstalled: isThere("PostgreSQL", postgres, "apt-get install postgresql"),
    begin: async () => {
      const server = await PostgresServer.start(postgres as string);
      const { connectionString } = server;
      return { server, address: { kind: "postgres", connectionString } as BackendAddress };
    },
  },
];

/** The same for all tasks, so that it can be counted. */
function why(outcome: Outcome, n: number): string {
  return outcome.kind === "complete"
    ? "another task"
    : `${outcome.kind}: ${String(outcome.error).replaceAll(idOf(n), "ID")}`;
}

for (const { name, isInstalled, begin } of servers) {
  describe.skipIf(!isInstalled)(`a queue on ${name} with processes that die`, () => {
    const open: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const close of open.splice(0).reverse()) {
        await Promise.race([close(), sleep(5000)]);
      }
    });

    it(`brings ${WAITS} waits to their right ends, within the rate, through six kills`, async () => {
      const emulator = await startEmulator(accountOf(WAITS, RATE, 20));
      open.push(() => emulator.stop());
      const { server, address } = await begin();
      open.push(() => server.stop());
      const { Queue, QueueEvents, connection } = backendOf(address);
      const queue = new Queue("tasks", { connection });
      const queueEvents = new QueueEvents("tasks", { connection });
      queue.on("error", () => {});
      queueEvents.on("error", () => {});
      open.push(() => queue.close());
      open.push(() => queueEvents.close());
      await queueEvents.waitUntilReady();
      const spawn = (): Started =>
        start(process.execPath, [`${import.meta.dirname}/harness/queue-worker.mjs`], {
          TASKWAIT_SERVICE: JSON.stringify({ client: emulator.clientOptions, perSecond: RATE, address }),
        });
      const workers = [spawn(), spawn()];
      open.push(() => Promise.all(workers.map((one) => one.kill())));

      const tasks = new TaskQueue({ queue, queueEvents });
      const counts = new Map<string, number>();
      const all = Promise.all(
        Array.from({ length: WAITS }, async (_, n) => {
          const outcome = await tasks.wait(idOf(n), { timeout: "5m" }).outcome;
          const { kind, task } = outcome;
          const ended =
            task?.taskId === idOf(n) ? `${kind} ${n % 10 === 0 ? "tenth" : "other"}` : why(outcome, n);
          counts.set(ended, (counts.get(ended) ?? 0) + 1);
        }),
      );
      const kills = (async () => {
        // What is killed has polls to make.
        await eventually("the first poll", async () => expect(emulator.requests()).not.toEqual([]));
        for (let kill = 0; kill < 5; kill++) {
          await workers[kill % 2]?.kill();
          await sleep(600);
          workers[kill % 2] = spawn();
          await sleep(1000);
          if (kill === 2) {
            await server.crash();
          }
        }
      })();
      await all;
      await kills;
      expect(Object.fromEntries(counts)).toEqual({ "complete other": 270, "failed tenth": 30 });
      expect(mostInASecond(emulator)).toBeLessThanOrEqual(RATE * 1.3);
    });
  });
}
