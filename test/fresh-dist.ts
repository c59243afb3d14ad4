import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BUILT = "TASKWAIT_TEST_DIST_IS_FRESH";

/** Builds `dist/` once per run, so that tests of processes and of the package never see yesterday's code. */
export default function setup(): void {
  if (process.env[BUILT] !== undefined) {
    return;
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "../scripts/build.mjs")],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(
      `npm run build failed. Correct what it names, then run the tests again:\n${stdout}${stderr}`,
    );
  }
  process.env[BUILT] = "1";
}
