// A client of BDRC in fifty lines: fetch, and a signature of one's own. It starts an update and waits for it.
// Run it with the variables that `taskwait emulate` prints, or with real ones.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const env = (name) => process.env[`ALIBABA_CLOUD_${name}`] ?? "";
const region = env("REGION_ID") || "cn-shanghai";
const endpoint = env("ENDPOINT") || `https://bdrc.${region}.aliyuncs.com`;
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function call(action, method, path, query = {}, form = undefined) {
  const body = form === undefined ? "" : new URLSearchParams(form).toString();
  const queryText = Object.keys(query)
    .sort()
    .map((name) => `${encode(name)}=${encode(query[name])}`)
    .join("&");
  const headers = {
    ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    host: new URL(endpoint).host,
    "x-acs-action": action,
    "x-acs-content-sha256": sha256(body),
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-version": "2023-08-08",
  };
  const signed = Object.keys(headers).sort();
  const lines = signed.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = [method, path, queryText, lines, signed.join(";"), sha256(body)].join("\n");
  const signature = createHmac("sha256", env("ACCESS_KEY_SECRET")).update(
    `ACS3-HMAC-SHA256\n${sha256(canonical)}`,
  );
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${env("ACCESS_KEY_ID")},SignedHeaders=${signed.join(";")},Signature=${signature.digest("hex")}`;
  const url = `${endpoint}${path}${queryText && `?${queryText}`}`;
  const response = await fetch(url, { method, headers, ...(form === undefined ? {} : { body }) });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(`${action}: ${response.status} ${answer.Code}`);
  }
  return answer.Data;
}

const { TaskId } = await call("UpdateResources", "POST", "/api/v1/resources/update", {}, {});
let task;
do {
  await sleep(200);
  task = await call("DescribeTask", "GET", `/api/v1/tasks/${TaskId}`);
} while (["CREATED", "RUNNING"].includes(task.TaskStatus));
const listed = await call("DescribeTasks", "GET", "/api/v1/tasks", {
  TaskStatus: task.TaskStatus,
  MaxResults: "10",
});
process.stdout.write(`${TaskId} ${task.TaskStatus} ${task.TaskResult} (${listed.Content.length} listed)\n`);
