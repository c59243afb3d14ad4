// How much the emulator bears: requests per second sustained over loopback, memory, and the time a listing page takes
// with 100,000 tasks. Runs on the built package: npm run build, then node bench/emulator-load.mjs [seconds].
// It judges, too, and exits with 1 unless
// - 2,000 requests were answered each second, and none of them failed;
// - memory was flat: neither what lives after a collection (heap and buffers) nor the resident set was in the last third
//   of the run more than 5 % above its mean of the middle third (in the first third, code and heap warm up);
// - 95 of 100 listing pages, and so the median, took less than 10 ms.

import { fork } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startEmulator } from "../dist/emulator/index.js";

const EMPTY = createHash("sha256").update("").digest("hex");
const CONNECTIONS = 32;
const MIN_PER_SECOND = 2000;
// A little more than what is asked for, so that the last answers' own time does not count against it.
const PER_SECOND = 2020;
const MAX_GROWTH = 0.05;
const MAX_PAGE_MS = 10;
const SAMPLES = 15;

function signedHeaders(access, action, path, query, n) {
  const headers = {
    host: new URL(access.endpoint).host,
    "x-acs-action": action,
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": `${process.pid}-${n}`,
    "x-acs-version": "2023-08-08",
  };
  const names = Object.keys(headers).sort();
  const canonical = `GET\n${path}\n${query}\n${names.map((name) => `${name}:${headers[name]}\n`).join("")}\n${names.join(";")}\n${EMPTY}`;
  const text = `ACS3-HMAC-SHA256\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", access.accessKeySecret).update(text).digest("hex");
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${access.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return headers;
}

function get(access, agent, action, path, query, n) {
  const { hostname, port } = new URL(access.endpoint);
  const headers = signedHeaders(access, action, path, query, n);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: query === "" ? path : `${path}?${query}`, headers, agent }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks) }));
    })
      .on("error", reject)
      .end();
  });
}

/** In a process of its own: asks at a steady pace and tells how many were answered, and how long that took. */
async function generate({ access, seconds, taskIds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const took = [];
  let sent = 0;
  let failed = 0;
  const begin = performance.now();
  const worker = async () => {
    for (;;) {
      const n = sent;
      sent += 1;
      const dueMs = (n / PER_SECOND) * 1000;
      if (dueMs >= seconds * 1000) {
        return;
      }
      const early = dueMs - (performance.now() - begin);
      if (early > 1) {
        await new Promise((resolve) => setTimeout(resolve, early));
      }
      const before = performance.now();
      const { status } = await get(
        access,
        agent,
        "DescribeTask",
        `/api/v1/tasks/${taskIds[n % taskIds.length]}`,
        "",
        n,
      );
      took.push(performance.now() - before);
      failed += status === 200 ? 0 : 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const elapsedS = (performance.now() - begin) / 1000;
  agent.destroy();
  took.sort((a, b) => a - b);
  return {
    answered: took.length,
    failed,
    perSecond: Math.round(took.length / elapsedS),
    medianMs: took[took.length >> 1],
    p99Ms: took[Math.floor(took.length * 0.99)],
  };
}

/** What lives after a collection, and the resident set as the run left it before. */
function memory(collect) {
  const { rss } = process.memoryUsage();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { rss, live: heapUsed + external };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much more the last third is than the middle one. */
function growth(values) {
  const third = Math.floor(values.length / 3);
  return mean(values.slice(-third)) / mean(values.slice(-2 * third, -third)) - 1;
}

async function load(seconds) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const emulator = await startEmulator({ tasks: [{ count: 1000, durationMs: "never" }], keepRequests: 1000 });
  const generator = fork(new URL(import.meta.url), ["generate"]);
  const samples = [];
  const timer = setInterval(() => samples.push(memory(collect)), (seconds * 1000) / SAMPLES);
  const taskIds = emulator.world.tasks().map(({ taskId }) => taskId);
  const cpu = process.cpuUsage();
  generator.send({ access: emulator.clientOptions, seconds, taskIds });
  const result = await new Promise((resolve) => generator.once("message", resolve));
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(timer);
  generator.disconnect();
  await emulator.stop();
  const told = (name, digits) => ({
    mb: samples.map((sample) => Number((sample[name] / 2 ** 20).toFixed(digits))),
    growth: Number(growth(samples.map((sample) => sample[name])).toFixed(4)),
  });
  return {
    ...result,
    // Of the emulator alone: what other processes do on the machine changes the rate, but hardly this.
    cpuMicrosPerRequest: Math.round((user + system) / result.answered),
    live: told("live", 2),
    rss: told("rss", 0),
  };
}

async function listing() {
  const emulator = await startEmulator({
    tasks: [{ count: 100_000, durationMs: { kind: "uniform", minMs: 0, maxMs: 120_000 } }],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took = [];
  for (let n = 0; n < 200; n += 1) {
    const before = performance.now();
    const query = "MaxResults=100&TaskStatus=RUNNING";
    await get(emulator.clientOptions, agent, "DescribeTasks", "/api/v1/tasks", query, n);
    took.push(performance.now() - before);
  }
  agent.destroy();
  await emulator.stop();
  took.sort((a, b) => a - b);
  return { tasks: 100_000, medianMs: took[100], p95Ms: took[190], p99Ms: took[198] };
}

if (process.argv[2] === "generate") {
  process.once("message", async (job) => process.send(await generate(job)));
} else {
  const seconds = Number(process.argv[2] ?? 30);
  // The load first: 100,000 tasks would leave a heap in which nothing is seen to grow.
  const loaded = await load(seconds);
  const listed = await listing();
  const holds = {
    rate: loaded.perSecond >= MIN_PER_SECOND,
    noneFailed: loaded.failed === 0,
    liveIsFlat: loaded.live.growth <= MAX_GROWTH,
    rssIsFlat: loaded.rss.growth <= MAX_GROWTH,
    listing: listed.p95Ms < MAX_PAGE_MS,
  };
  console.log(JSON.stringify({ load: loaded, listing: listed, holds }, null, 2));
  process.exitCode = Object.values(holds).every(Boolean) ? 0 : 1;
}
