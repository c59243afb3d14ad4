import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { commandLines } from "./harness/command-lines.ts";

let emulator: Emulator;
let home: string;
const run = commandLines();

beforeAll(async () => {
  emulator = await startEmulator({
    keys: [{ accessKeyId: "id-of-profile", accessKeySecret: "secret-of-profile" }],
    tasks: [{ taskId: "t-done", durationMs: 0 }],
  });
  home = mkdtempSync(join(tmpdir(), "taskwait-home-"));
  mkdirSync(join(home, ".aliyun"));
  const keys = { mode: "AK", access_key_id: "id-of-profile", access_key_secret: "secret-of-profile" };
  writeFileSync(
    join(home, ".aliyun/config.json"),
    JSON.stringify({
      current: "default",
      profiles: [
        { name: "default", ...keys, region_id: "cn-shanghai" },
        { name: "staging", ...keys, region_id: "ap-southeast-1" },
      ],
    }),
  );
});

afterAll(async () => {
  await emulator.stop();
  rmSync(home, { recursive: true, force: true });
});

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id-of-env", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret-of-env" };

describe("taskwait whoami", () => {
  it.each([
    [
      "the environment",
      [],
      KEYS,
      "credentials: ALIBABA_CLOUD_ACCESS_KEY_ID\nregion: cn-shanghai (from the default)\nendpoint: https://bdrc.cn-shanghai.aliyuncs.com (from the region)\n",
    ],
    [
      "an older name and a token",
      ["--region", "ap-southeast-1", "--vpc"],
      { ALICLOUD_ACCESS_KEY_ID: "a", ALICLOUD_ACCESS_KEY_SECRET: "b", ALICLOUD_SECURITY_TOKEN: "c" },
      "credentials: ALICLOUD_ACCESS_KEY_ID with ALICLOUD_SECURITY_TOKEN\nregion: ap-southeast-1 (from --region)\nendpoint: https://bdrc-vpc.ap-southeast-1.aliyuncs.com (from the region)\n",
    ],
    [
      "a profile, which goes before the environment",
      ["--profile", "staging"],
      KEYS,
      'credentials: profile "staging" of ~/.aliyun/config.json\nregion: ap-southeast-1 (from region_id of profile "staging")\nendpoint: https://bdrc.ap-southeast-1.aliyuncs.com (from the region)\n',
    ],
    [
      "the current profile, when there is nothing else",
      [],
      {},
      'credentials: profile "default" of ~/.aliyun/config.json\nregion: cn-shanghai (from region_id of profile "default")\nendpoint: https://bdrc.cn-shanghai.aliyuncs.com (from the region)\n',
    ],
    [
      "an endpoint of the environment",
      [],
      { ...KEYS, ALIBABA_CLOUD_ENDPOINT: "http://127.0.0.1:1" },
      "credentials: ALIBABA_CLOUD_ACCESS_KEY_ID\nendpoint: http://127.0.0.1:1 (from ALIBABA_CLOUD_ENDPOINT)\n",
    ],
  ])("tells %s", async (_, args, env, expected) => {
    const result = await run(["whoami", ...args], { HOME: home, ...env });

    expect(result).toMatchObject({ code: 0, stdout: expected, stderr: "" });
  });

  it("exits 7 without credentials, and for a profile that is not there", async () => {
    expect((await run(["whoami"])).code).toBe(7);
    const missing = await run(["whoami", "--profile", "none"], { HOME: home });
    expect(missing.code).toBe(7);
    expect(missing.stderr).toMatch(
      /profile "none" can't be used: ~\/\.aliyun\/config\.json holds no such profile/,
    );
  });
});

describe("--profile", () => {
  it("goes before keys in the environment, also for calls", async () => {
    const env = { ...KEYS, ALIBABA_CLOUD_ENDPOINT: emulator.endpoint, HOME: home };

    expect((await run(["t-done", "--profile", "default"], env)).code).toBe(0);
    expect((await run(["t-done"], env)).code).toBe(7);
  });
});

describe("malformed keys in the environment are told before the first call", () => {
  const LINES = [
    ["t-done"],
    ["wait", "t-done", "t-done-too"],
    ["describe", "t-done"],
    ["list"],
    ["whoami"],
    ["start", "update-resources"],
    ["start", "check-rules", "--resource-arn", "acs:oss:*:1:b", "--no-wait"],
  ];

  it.each<[string, Record<string, string>]>([
    ["a blank in the id", { ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_ID: "id of" }],
    ["a line break in the secret", { ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret-of-env\r" }],
    ["an id without a secret", { ALIBABA_CLOUD_ACCESS_KEY_ID: "id-of-env" }],
    ["a secret without an id", { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret-of-env" }],
    ["a token with a line break", { ...KEYS, ALIBABA_CLOUD_SECURITY_TOKEN: "secret-of-env\n" }],
  ])("%s, by every command", async (_, env) => {
    const before = emulator.requests().length;
    const odd: string[] = [];
    for (const line of LINES) {
      const { code, stderr, stdout } = await run(line, { ...env, ALIBABA_CLOUD_ENDPOINT: emulator.endpoint });
      const isTold = (code === 2 || code === 7) && stderr.includes("ALIBABA_CLOUD_");
      if (!isTold || (stderr + stdout).includes("secret-of-env")) {
        odd.push(`${line.join(" ")}: ${code} ${stderr}${stdout}`);
      }
    }

    expect(odd).toEqual([]);
    expect(emulator.requests().length).toBe(before);
  });
});
