import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { ownFolder } from "./harness/files.ts";
import { killedLines } from "./harness/killed-lines.ts";

// 200 by hand: TASKWAIT_KILLED_LINES=200 npx vitest run --project integration test/integration/cli-killed-start.test.ts
const LINES = Number(process.env["TASKWAIT_KILLED_LINES"] ?? 5);
const SEED = Number(process.env["TASKWAIT_TEST_SEED"] ?? 1);
const TASK_MS = 400;
const folder = ownFolder();
const run = killedLines();

/** Runs one line until it ends by itself, killed at a random moment of each run until enough kills were made. */
async function killed(
  file: string,
  env: Readonly<Record<string, string>>,
  spanMs: number,
  kills: number,
  random: () => number,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly kills: number }> {
  let made = 0;
  for (;;) {
    const killAfterMs = made < kills ? random() * spanMs : undefined;
    const line = ["start", "update-resources", "--state", file, "-q"];
    const { code, signal, stdout, stderr, isHeld } = await run(line, env, killAfterMs);
    if (signal !== "SIGKILL") {
      if (code !== 0) {
        process.stderr.write(`${stderr}\n`);
      }
      return { code, stdout, kills: made };
    }
    made += isHeld ? 0 : 1;
  }
}

it("a start whose process is killed at random moments is one task, however often", {
  timeout: 7_200_000,
}, async () => {
  const random = seededRandom(SEED);
  let kills = 0;
  let killedLines = 0;
  // How long a line takes here, as those tell that ended before they were killed.
  let spanMs = 1000;
  for (let round = 0; killedLines < LINES; round += 1) {
    // An account of its own: in the listing of one account two starts within a second can't be told apart.
    const emulator = await startEmulator({
      starts: { UPDATE_RESOURCES: { durationMs: TASK_MS, result: { round } } },
    });
    const beganMs = performance.now();
    const end = await killed(
      join(folder, `${round}.json`),
      emulator.env,
      spanMs,
      round === 0 ? 0 : 1 + Math.floor(random() * 1.5),
      random,
    );
    if (end.kills === 0) {
      const tookMs = performance.now() - beganMs;
      spanMs = round === 0 ? tookMs : Math.min(spanMs, tookMs);
    }
    kills += end.kills;
    killedLines += Math.min(1, end.kills);
    // Told at once: 200 lines take an hour on a busy machine.
    expect({ round, tasks: emulator.world.size, code: end.code }).toEqual({ round, tasks: 1, code: 0 });
    expect(end.stdout).toContain(`{"round":${round}}`);
    await emulator.stop();
  }
  if (LINES > 10) {
    process.stderr.write(
      `${kills} kills of ${killedLines} lines within ${Math.round(spanMs)} ms of the beginning, each of them one task\n`,
    );
  }
});
