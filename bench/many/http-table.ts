import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { HttpResult } from "./http-run.ts";
import { percent, type Report } from "./report.ts";

const MAX_THROTTLED = 0.01;
const MAX_MEGABYTES = 250;

/** Real HTTP in real time: a process that waits, and an emulator in another. */
export function tellHttp(report: Report): void {
  console.log("\nOver real HTTP: 60 s tasks, 100 calls/s, 2 % of the calls answered with 503");
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL("http-run.js", import.meta.url))], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const result = JSON.parse(stdout) as HttpResult;
  const { waits, right, calls, throttled, meanLateMs, mostMegabytes, lastedS } = result;
  report.add("http", result);
  console.log(
    `    ${right} of ${waits} right, ${calls.toFixed(2)} calls, ${percent(throttled)} throttled, mean ${(meanLateMs / 1000).toFixed(2)} late, ${mostMegabytes.toFixed(0)} MB at most (${lastedS.toFixed(0)} s)`,
  );
  report.expect(right === waits, `HTTP: ${waits - right} waits ended wrongly`);
  report.expect(throttled <= MAX_THROTTLED, `HTTP: ${percent(throttled)} throttled`);
  report.expect(mostMegabytes <= MAX_MEGABYTES, `HTTP: ${mostMegabytes.toFixed(0)} MB`);
}
