import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { startCli } from "./harness/command.ts";
import { ownFolder } from "./harness/files.ts";
import { startDeaf } from "./harness/network.ts";
import { wrongClock } from "./harness/shell.ts";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };
const TASK_MS = 400;
// After it, the service does not take a start that an earlier process has sent.
const LAPSE_MS = 21 * 60_000;
const folder = ownFolder();
const realNow = Date.now;

// The emulators' clock, as that of the command that comes later. A mock would end with the first of both tests.
beforeAll(() => {
  Date.now = () => realNow() + LAPSE_MS;
});
afterAll(() => {
  Date.now = realNow;
});

/** A start that has left, and of which nobody heard: its line, its file and where it was sent. */
async function lostStart(name: string) {
  const deaf = await startDeaf();
  const { port } = deaf;
  const env = { ...KEYS, ALIBABA_CLOUD_ENDPOINT: `http://127.0.0.1:${port}` };
  const line = ["start", "update-resources", "--state", join(folder, name), "-q"];
  const killed = startCli(line, env);
  await deaf.asked;
  killed.child.kill("SIGKILL");
  await killed.done;
  await deaf.stop();
  const emulator = await startEmulator({
    port,
    keys: [
      { accessKeyId: "id", accessKeySecret: "secret" },
      { accessKeyId: "other", accessKeySecret: "secret" },
    ],
    starts: { UPDATE_RESOURCES: { durationMs: TASK_MS } },
  });
  return { line, env: { ...env, ...wrongClock(LAPSE_MS) }, emulator };
}

// Each reads the listing for half a minute.
describe.concurrent("a start that had left and was lost", { timeout: 120_000 }, () => {
  it("is sent again once it can't be taken any more", async ({ expect }) => {
    const { line, env, emulator } = await lostStart("lost.json");

    expect(await startCli(line, env).done).toMatchObject({ code: 0 });
    expect(emulator.world.size).toBe(1);
    await emulator.stop();
  });

  it("is not sent again with the credentials of another source, nor later by that one", async ({
    expect,
  }) => {
    const { line, env, emulator } = await lostStart("other.json");
    const { ALIBABA_CLOUD_ACCESS_KEY_ID: _, ALIBABA_CLOUD_ACCESS_KEY_SECRET: __, ...rest } = env;
    const other = { ...rest, ALICLOUD_ACCESS_KEY_ID: "other", ALICLOUD_ACCESS_KEY_SECRET: "secret" };
    // It is searched for, for half a minute.
    const searching = startCli(line, other);
    await expect.poll(() => emulator.requests().length, { timeout: 20_000 }).toBeGreaterThan(1);
    searching.child.kill("SIGKILL");
    await searching.done;
    expect(emulator.world.size).toBe(0);

    expect(await startCli(line, env).done).toMatchObject({ code: 0 });
    expect(emulator.world.size).toBe(1);
    await emulator.stop();
  });
});
