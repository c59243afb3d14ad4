import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { checkClaims } from "./claims.ts";
import { drawLateness } from "./plot.ts";
import { averagesTable, claimsTable, equalTable, judgesTable } from "./report.ts";
import { Results } from "./results.ts";
import { runSuite } from "./run-suite.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "40" },
    threads: { type: "string", default: String(availableParallelism()) },
    json: { type: "string" },
    svg: { type: "string" },
  },
});

const begunAtMs = performance.now();
const seconds = (): string => ((performance.now() - begunAtMs) / 1000).toFixed(0);
const measurements = await runSuite(
  { seed: whole("seed"), count: whole("count") },
  whole("threads"),
  (name) => console.error(`${seconds()} s: ${name}`),
);
const results = new Results(measurements);
const claims = checkClaims(results);

console.log(`${averagesTable(results)}\n\n${equalTable(results)}\n\n${judgesTable(results)}\n`);
console.log(claimsTable(claims));
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ seed: whole("seed"), claims, measurements }, null, 1)}\n`);
}
if (values.svg !== undefined) {
  await writeFile(values.svg, `${await drawLateness(results)}\n`);
}
const failed = claims.filter(({ holds }) => !holds).length;
console.error(`${seconds()} s, ${claims.length} claims, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function whole(name: "seed" | "count" | "threads"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < (name === "seed" ? 0 : 1)) {
    throw new Error(`--${name} must be a whole number, got ${values[name]}`);
  }
  return value;
}
