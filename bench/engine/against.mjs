// CPU of a poll of BDRC, of this build against another: node bench/engine/against.mjs OTHER/dist
// Whole processes in turn, over HTTP to this one, so that a machine whose speed drifts is fair to both.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

const POLLS = 1500;
const RUNS = 7;
const [mode, dist, endpoint] = process.argv.slice(2);

if (mode === "--polls") {
  const { BdrcClient, TaskWaiter } = await import(pathToFileURL(join(dist, "index.js")).href);
  const client = new BdrcClient({
    endpoint,
    regionId: "cn-shanghai",
    accessKeyId: "id",
    accessKeySecret: "secret",
  });
  const waiter = new TaskWaiter({
    source: client,
    batch: "never",
    rate: { perSecond: 2000 },
    minIntervalMs: 1,
    maxIntervalMs: 1,
  });
  let polls = 0;
  let begun;
  // What is compiled and connected first is no part of a poll.
  const warm = POLLS / 3;
  await new Promise((done) => {
    for (const id of ["t-1", "t-2", "t-3", "t-4"]) {
      const wait = waiter.wait(id, { timeout: "5m" });
      wait.on("poll", () => {
        polls += 1;
        if (polls === warm) {
          begun = process.cpuUsage();
        } else if (polls === warm + POLLS) {
          done();
        }
      });
      wait.catch(() => {});
    }
  });
  const { user, system } = process.cpuUsage(begun);
  process.stdout.write(String((user + system) / POLLS));
  process.exit();
}

const server = new Worker(
  `const { createServer } = require("node:http");
   const { parentPort } = require("node:worker_threads");
   const server = createServer((request, response) => {
     const TaskId = request.url.split("/").at(-1);
     response.setHeader("content-type", "application/json");
     response.end(JSON.stringify({ RequestId: "1", Data: { TaskId, TaskName: "update", TaskType: "UPDATE_RESOURCES",
       TaskStatus: "RUNNING", Progress: 4000, StartTime: 1700000000, CompleteTime: 0, TaskDetail: "", ErrorMessage: "" } }));
   });
   server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
const port = await new Promise((heard) => server.once("message", heard));
const builds = [resolve(import.meta.dirname, "../../dist"), resolve(mode ?? "")];
const micros = builds.map(() => []);
for (let run = 0; run < RUNS; run++) {
  for (const [index, build] of builds.entries()) {
    const args = [import.meta.filename, "--polls", build, `http://127.0.0.1:${port}`];
    const { stdout, status } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) {
      throw new Error(`${build}: no figure`);
    }
    micros[index].push(Number(stdout));
  }
}
const [ours, other] = micros.map((values) => Math.min(...values));
console.log(
  `${ours.toFixed(0)} us of CPU a poll, ${(ours / other).toFixed(2)} x the other build (${other.toFixed(0)} us; least of ${RUNS}: other processes only add)`,
);
await server.terminate();
