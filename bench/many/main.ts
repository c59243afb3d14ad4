import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { installVirtualTime } from "./virtual-time.ts";

installVirtualTime();
// What is measured reads the clocks when it is loaded.
const { Report } = await import("./report.ts");
const { tellRates } = await import("./rate-table.ts");
const { tellProcesses } = await import("./process-table.ts");
const { tellFleets } = await import("./fleet-table.ts");
const { tellHttp } = await import("./http-table.ts");
const { tellIds } = await import("./ids-table.ts");
const { tellAblation } = await import("./ablation-table.ts");
const { tellLags } = await import("./lag-table.ts");
const { tellSmallFleets } = await import("./small-fleets.ts");

const HELP = `Waits for fleets of tasks behind a hidden quota, with the real engine: in virtual time, and at last over HTTP.

  --seed N     default 1
  --json FILE  the numbers, for programs
  --part NAME  one of rate, fleets, ids, lag, small, http; or ablation, which is run only by name
  --full       the cases that take minutes each, too
  --only TEXT  only the cases whose name holds it
  --no-rate    without the rate controllers and processes
  --no-rivals  without a shared FIFO and the published code of others`;

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    part: { type: "string" },
    full: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    "no-rate": { type: "boolean", default: false },
    "no-rivals": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const seed = Number(flags.seed);
const { only } = flags;
const has = (part: string): boolean => flags.part === undefined || flags.part === part;
const report = new Report();
if (!flags["no-rate"] && has("rate")) {
  await tellRates(report, seed, only);
  if ("processes".includes(only)) {
    await tellProcesses(report, seed);
  }
}
if (has("fleets")) {
  await tellFleets(report, { seed, only, isFull: flags.full, hasOthers: !flags["no-rivals"] });
}
if (has("ids")) {
  await tellIds(report, seed, "ids".includes(only) ? "" : only);
}
if (has("lag") && "lag".includes(only)) {
  await tellLags(report, seed);
}
if (has("small") && "small fleets".includes(only)) {
  await tellSmallFleets(report, seed);
}
if (flags.part === "ablation") {
  tellAblation(report, [seed, seed + 6, seed + 10], only);
}
if (has("http") && "http".includes(only)) {
  tellHttp(report);
}
const { rows, failures } = report;
if (flags.json !== undefined) {
  writeFileSync(flags.json, `${JSON.stringify({ seed, rows, failures }, undefined, 2)}\n`);
}
console.log(failures.length === 0 ? "\nAll thresholds met." : `\nMissed:\n  ${failures.join("\n  ")}`);
process.exit(failures.length === 0 ? 0 : 1);
