// A client of BDRC in forty lines: fetch, and a signature of one's own. It starts an update and waits for it.
// Run it with the variables that `taskwait emulate` prints, or with real ones.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const env = (name) => process.env[`ALIBABA_CLOUD_${name}`] ?? "";
const endpoint = env("ENDPOINT") || `https://bdrc.${env("REGION_ID") || "cn-shanghai"}.aliyuncs.com`;
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

async function call(action, method, path, query = "") {
  const headers = {
    host: new URL(endpoint).host,
    "x-acs-action": action,
    "x-acs-content-sha256": sha256(""),
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-version": "2023-08-08",
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = [method, path, query, lines, names.join(";"), sha256("")].join("\n");
  const key = createHmac("sha256", env("ACCESS_KEY_SECRET"));
  const signature = key.update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`).digest("hex");
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${env("ACCESS_KEY_ID")},SignedHeaders=${names.join(";")},Signature=${signature}`;
  const response = await fetch(`${endpoint}${path}?${query}`, { method, headers });
  const { Code, Data } = await response.json();
  if (Code) throw new Error(`${action}: ${response.status} ${Code}`);
  return Data;
}

const { TaskId } = await call("UpdateResources", "POST", "/api/v1/resources/update");
let task = {};
while (["CREATED", "RUNNING", undefined].includes(task.TaskStatus)) {
  await sleep(200);
  task = await call("DescribeTask", "GET", `/api/v1/tasks/${TaskId}`);
}
const { Content } = await call("DescribeTasks", "GET", "/api/v1/tasks", `TaskStatus=${task.TaskStatus}`);
process.stdout.write(`${TaskId} ${task.TaskStatus} ${task.TaskResult} (${Content.length} listed)\n`);
