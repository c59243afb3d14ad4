// CPU of a poll of BDRC, of this build against another: node bench/engine/against.mjs OTHER/dist
// Whole processes in turn, over HTTP to this one, so that a machine whose speed drifts is fair to both.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

// V8 compiles a poll's code for some 2,500 polls; its threads' time goes up and down by a half from
// run to run, so that part has a figure of its own.
const COLD_POLLS = 2000;
const WARM_UP_POLLS = 4000;
const POLLS = 10_000;
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
  const micros = { cold: 0, warm: 0 };
  const sinceBegun = (count) => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / count;
  };
  await new Promise((done) => {
    for (const id of ["t-1", "t-2", "t-3", "t-4"]) {
      const wait = waiter.wait(id, { timeout: "5m" });
      wait.on("poll", () => {
        polls += 1;
        if (polls === 1 || polls === WARM_UP_POLLS) {
          begun = process.cpuUsage();
        } else if (polls === COLD_POLLS) {
          micros.cold = sinceBegun(COLD_POLLS - 1);
        } else if (polls === POLLS) {
          micros.warm = sinceBegun(POLLS - WARM_UP_POLLS);
          done();
        }
      });
      wait.catch(() => {});
    }
  });
  process.stdout.write(JSON.stringify(micros));
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
    micros[index].push(JSON.parse(stdout));
  }
}
for (const [part, polls] of [
  ["warm", `polls ${WARM_UP_POLLS} to ${POLLS}`],
  ["cold", `polls 1 to ${COLD_POLLS}`],
]) {
  const values = micros.map((runs) => runs.map((run) => run[part]).sort((a, b) => a - b));
  const [ours, other] = values.map(([least]) => least);
  const [oursMedian, otherMedian] = values.map((sorted) => sorted[(RUNS - 1) / 2]);
  console.log(
    `${part}, ${polls}: ${ours.toFixed(0)} us of CPU a poll, ${(ours / other).toFixed(2)} x the other build (${other.toFixed(0)} us); medians of ${RUNS} runs ${oursMedian.toFixed(0)}, ${otherMedian.toFixed(0)} us`,
  );
}
await server.terminate();
