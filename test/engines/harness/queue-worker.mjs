// A process that polls the tasks of a queue. Told by environment what and where.
import process from "node:process";
import { createPostgresBackend, Worker as RedisWorker, withBackend } from "bullmq";
import { BdrcClient } from "taskwait";
import { taskProcessor, taskWorkerOptions } from "taskwait/bullmq";

const { client, perSecond, address } = JSON.parse(process.env.TASKWAIT_SERVICE);
const isRedis = address.kind === "redis";
const { Worker } = isRedis ? { Worker: RedisWorker } : withBackend(createPostgresBackend);
const connection = isRedis
  ? { host: "127.0.0.1", port: address.port, maxRetriesPerRequest: null }
  : { connectionString: address.connectionString, migrate: true };
const worker = new Worker("tasks", taskProcessor({ source: new BdrcClient(client) }), {
  connection,
  ...taskWorkerOptions({ perSecond }),
});
worker.on("error", () => {});
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});
