import { execFileSync } from "node:child_process";
import { join } from "node:path";

const BUILT = "TASKWAIT_TEST_DIST_IS_FRESH";

/** Builds `dist/` once per run, so that tests of processes and of the package never see yesterday's code. */
export default function setup(): void {
  if (process.env[BUILT] === undefined) {
    execFileSync(process.execPath, [join(import.meta.dirname, "../scripts/build.mjs")], { stdio: "inherit" });
    process.env[BUILT] = "1";
  }
}
