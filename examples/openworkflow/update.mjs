// Has a worker start a task, and tells how it ended: node update.mjs nightly-2026-11-27. The same again joins that run.
import process from "node:process";
import { OpenWorkflow } from "openworkflow";
import { BackendPostgres } from "openworkflow/postgres";

const { DATABASE_URL = "postgres://postgres:postgres@127.0.0.1:5432/postgres" } = process.env;
const backend = await BackendPostgres.connect(DATABASE_URL);
const [idempotencyKey = "update"] = process.argv.slice(2);
const run = await new OpenWorkflow({ backend }).runWorkflow({ name: "update" }, null, { idempotencyKey });
try {
  console.log(JSON.stringify(await run.result({ timeoutMs: 3 * 3_600_000 })));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
await backend.stop();
