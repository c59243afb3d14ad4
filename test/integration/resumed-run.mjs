// A plain process that keeps its run's checkpoint in a file, as docs/durable.md shows.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";

const { entry, file, client: clientOptions, timeoutMs } = JSON.parse(process.env.RUN);
const { BdrcClient, runTask, updateResources } = await import(entry);
const resume = existsSync(file) ? { resume: JSON.parse(readFileSync(file, "utf8")) } : {};
const run = runTask(updateResources(new BdrcClient(clientOptions)), {
  timeoutMs,
  maxIntervalMs: 200,
  ...resume,
});
const keep = () => {
  writeFileSync(`${file}.new`, JSON.stringify(run.checkpoint()));
  renameSync(`${file}.new`, file);
};
for (const name of ["starting", "started", "poll", "settled"]) {
  run.on(name, keep);
}
const { kind, task } = await run.outcome;
process.stdout.write(JSON.stringify({ kind, taskId: task?.taskId, checkpoint: run.checkpoint() }));
