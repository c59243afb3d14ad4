import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { chooseCredentials } from "../../src/openapi/credentials/credential-source.ts";
import { chooseRegion } from "../../src/openapi/endpoint/region.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";

let home: string;

/** An environment without credentials of its own, whose home is empty, and where nobody asks for a role. */
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "taskwait-home-"));
  for (const name of Object.keys(process.env)) {
    if (/ALIBABA|ALICLOUD|^ACCESS_KEY|^SECURITY_TOKEN|^REGION|PROXY/i.test(name)) {
      vi.stubEnv(name, undefined);
    }
  }
  vi.stubEnv("HOME", home);
  vi.stubEnv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

function writeConfiguration(content: unknown): void {
  mkdirSync(join(home, ".aliyun"), { recursive: true });
  writeFileSync(
    join(home, ".aliyun/config.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
}

const PROFILES = {
  current: "home",
  profiles: [
    {
      name: "home",
      mode: "AK",
      access_key_id: "id-home",
      access_key_secret: "s-home",
      region_id: "ap-southeast-1",
    },
    {
      name: "work",
      mode: "StsToken",
      access_key_id: "id-work",
      access_key_secret: "s-work",
      sts_token: "t-work",
      region_id: "cn-shanghai-finance-1",
    },
    { name: "odd", mode: "Anonymous" },
  ],
};

describe("credentials from the environment", () => {
  it.each(["ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_", ""])("are read under %s", async (prefix) => {
    vi.stubEnv(`${prefix}ACCESS_KEY_ID`, "id-1");
    vi.stubEnv(`${prefix}ACCESS_KEY_SECRET`, "secret-1");
    vi.stubEnv(`${prefix}SECURITY_TOKEN`, "token-1");
    expect(await chooseCredentials({}).get()).toEqual({
      kind: "accessKey",
      accessKeyId: "id-1",
      accessKeySecret: "secret-1",
      securityToken: "token-1",
    });
  });

  it("are read again for every call", async () => {
    const source = chooseCredentials({});
    for (const id of ["first", "second"]) {
      vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", id);
      vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-1");
      expect(await source.get()).toMatchObject({ accessKeyId: id });
    }
  });

  it("are never put together from several tools' variables", async () => {
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id-1");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-1");
    vi.stubEnv("SECURITY_TOKEN", "of-another-tool");
    expect(await chooseCredentials({}).get()).not.toHaveProperty("securityToken");
  });

  it("name the variable that is missing or can't be sent", async () => {
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id-1");
    await expect(chooseCredentials({}).get()).rejects.toMatchObject({
      name: "AccessDeniedError",
      message:
        "ALIBABA_CLOUD_ACCESS_KEY_ID must be given together with ALIBABA_CLOUD_ACCESS_KEY_SECRET, which is missing",
    });
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-1\n");
    await expect(chooseCredentials({}).get()).rejects.toThrow(
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET must be printable ASCII without blanks or line breaks (its value is not shown)",
    );
  });
});

describe("the default chain", () => {
  it("says which options and variables would help when there is nothing", async () => {
    const { message, name } = (await chooseCredentials({})
      .get()
      .catch((error: Error) => error)) as Error;
    expect(name).toBe("AccessDeniedError");
    expect(message).toMatch(/^no credentials: pass accessKeyId and accessKeySecret/);
    expect(message).toContain("ALIBABA_CLOUD_ACCESS_KEY_ID");
    expect(message).not.toContain("undefined");
  });

  it("finds what was put there after it had failed", async () => {
    const source = chooseCredentials({});
    await expect(source.get()).rejects.toThrow("no credentials");
    writeConfiguration(PROFILES);
    expect(await source.get()).toMatchObject({ accessKeyId: "id-home" });
  });

  it("takes a token that was renewed in the file once the old one is refused", async () => {
    writeConfiguration({ ...PROFILES, current: "work" });
    const source = chooseCredentials({});
    expect(await source.get()).toMatchObject({ securityToken: "t-work" });
    writeConfiguration(JSON.stringify({ ...PROFILES, current: "work" }).replace("t-work", "t-renewed"));
    source.forget();
    expect(await source.get()).toMatchObject({ securityToken: "t-renewed" });
  });

  it("reads the official library's INI file", async () => {
    mkdirSync(join(home, ".alibabacloud"));
    writeFileSync(
      join(home, ".alibabacloud/credentials"),
      "[default]\ntype = access_key\naccess_key_id = id-ini\naccess_key_secret = s-ini\n",
    );
    expect(await chooseCredentials({}).get()).toMatchObject({ accessKeyId: "id-ini" });
  });

  it.each(["ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"])(
    "takes the profile that %s names, not the current one",
    async (variable) => {
      writeConfiguration(PROFILES);
      vi.stubEnv(variable, "work");
      expect(await chooseCredentials({}).get()).toMatchObject({ accessKeyId: "id-work" });
    },
  );

  it("takes the profile of the first of these variables that is not empty", async () => {
    writeConfiguration(PROFILES);
    vi.stubEnv("ALIBABA_CLOUD_PROFILE", "");
    vi.stubEnv("ALIBABACLOUD_PROFILE", "work");
    vi.stubEnv("ALICLOUD_PROFILE", "home");
    expect(await chooseCredentials({}).get()).toMatchObject({ accessKeyId: "id-work" });
  });

  it("takes the named section of the official library's INI file", async () => {
    mkdirSync(join(home, ".alibabacloud"));
    writeFileSync(
      join(home, ".alibabacloud/credentials"),
      "[other]\ntype = access_key\naccess_key_id = id-other\naccess_key_secret = s-other\n",
    );
    vi.stubEnv("ALICLOUD_PROFILE", "other");
    expect(await chooseCredentials({}).get()).toMatchObject({ accessKeyId: "id-other" });
  });

  it("calls a failure passing when it has worked before", async () => {
    writeConfiguration(PROFILES);
    const source = chooseCredentials({});
    await source.get();
    rmSync(join(home, ".aliyun"), { recursive: true });
    source.forget();
    await expect(source.get()).rejects.toMatchObject({ name: "UnreachableError" });
  });
});

describe("a profile", () => {
  it("gives its credentials, also against the environment", async () => {
    writeConfiguration(PROFILES);
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id-env");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s-env");
    expect(await chooseCredentials({ profile: "work" }).get()).toMatchObject({
      accessKeyId: "id-work",
      securityToken: "t-work",
    });
  });

  it.each<[string, unknown, string]>([
    ["work", undefined, "profile \"work\" can't be used: ~/.aliyun/config.json can't be read (ENOENT)"],
    ["work", "{ s-work", 'profile "work" can\'t be used: ~/.aliyun/config.json is not a configuration'],
    ["none", PROFILES, 'profile "none" can\'t be used: ~/.aliyun/config.json holds no such profile'],
    [
      "odd",
      PROFILES,
      'profile "odd" of ~/.aliyun/config.json can\'t be used: its mode "Anonymous" is not known',
    ],
  ])("%s that can't be used is refused", async (profile, content, message) => {
    if (content !== undefined) {
      writeConfiguration(content);
    }
    await expect(chooseCredentials({ profile }).get()).rejects.toMatchObject({
      name: "AccessDeniedError",
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, object, Record<string, string>, string | undefined]>([
    ["of the option", { profile: "work" }, {}, "cn-shanghai-finance-1"],
    ["of the current profile", {}, {}, "ap-southeast-1"],
    ["of the variable's profile", {}, { ALIBABA_CLOUD_PROFILE: "work" }, "cn-shanghai-finance-1"],
    ["of the older variable's profile", {}, { ALICLOUD_PROFILE: "work" }, "cn-shanghai-finance-1"],
    ["of the region option instead", { profile: "work", regionId: "cn-shanghai" }, {}, "cn-shanghai"],
    [
      "of the environment instead",
      { profile: "work" },
      { ALIBABA_CLOUD_REGION_ID: "cn-shanghai" },
      "cn-shanghai",
    ],
    ["of none with explicit keys", { accessKeyId: "id-1", accessKeySecret: "s-1" }, {}, undefined],
    [
      "of none with the environment's keys",
      {},
      { ALIBABA_CLOUD_ACCESS_KEY_ID: "id-1", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s-1" },
      undefined,
    ],
    ["of none when profiles are off", {}, { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true" }, undefined],
  ])("settles the region: %s", async (_, options, environment, regionId) => {
    writeConfiguration(PROFILES);
    for (const [name, value] of Object.entries(environment)) {
      vi.stubEnv(name, value);
    }
    expect((await chooseRegion(options, process.env)())?.regionId).toBe(regionId);
  });
});

describe("a profile that was asked for by name", () => {
  const KEY = { access_key_id: "id-1", access_key_secret: "s-1" };
  const login = (mode: string) => `run: aliyun configure --profile p --mode ${mode}`;

  /** Everything else that could give a key. */
  function offerOthers(): void {
    vi.stubEnv("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/other-account");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id-other");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s-other");
    mkdirSync(join(home, ".alibabacloud"));
    writeFileSync(
      join(home, ".alibabacloud/credentials"),
      "[default]\ntype = access_key\naccess_key_id = id-ini\naccess_key_secret = s-ini\n",
    );
  }

  it.each([true, false])(
    "is refused by name when it is not there, never replaced (option: %s)",
    async (isOption) => {
      writeConfiguration(PROFILES);
      offerOthers();
      if (!isOption) {
        vi.stubEnv("ALIBABA_CLOUD_PROFILE", "prdo");
      }
      await expect(chooseCredentials(isOption ? { profile: "prdo" } : {}).get()).rejects.toMatchObject({
        name: "AccessDeniedError",
        message: 'profile "prdo" can\'t be used: ~/.aliyun/config.json holds no such profile',
      });
    },
  );

  it("is used although the environment has a key, and gives the region", async () => {
    writeConfiguration(PROFILES);
    offerOthers();
    vi.stubEnv("ALIBABA_CLOUD_PROFILE", "work");
    const source = chooseCredentials({});
    expect(await source.get()).toMatchObject({ accessKeyId: "id-work" });
    expect(source.origin).toBe('profile "work" of ~/.aliyun/config.json');
    vi.stubEnv("REGION", "us-east-1");
    expect(await chooseRegion({}, process.env)()).toEqual({
      regionId: "cn-shanghai-finance-1",
      source: 'region_id of profile "work"',
    });
  });

  it("is refused when profiles are off", async () => {
    writeConfiguration(PROFILES);
    vi.stubEnv("ALIBABA_CLOUD_PROFILE", "work");
    vi.stubEnv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true");
    await expect(chooseCredentials({}).get()).rejects.toThrow("ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true");
  });

  it.each<[string, object, string]>([
    [
      "an expired login",
      {
        mode: "CloudSSO",
        cloud_sso_sign_in_url: "https://sso.example",
        cloud_sso_account_id: "1",
        cloud_sso_access_config: "c",
        access_token: "s3cret",
        cloud_sso_access_token_expire: 1_700_000_000,
      },
      `its CloudSSO login has expired; ${login("CloudSSO")}`,
    ],
    ["no login yet", { mode: "CloudSSO", cloud_sso_sign_in_url: "https://sso.example" }, login("CloudSSO")],
    [
      "an empty token",
      { mode: "StsToken", ...KEY, sts_token: "" },
      `its sts_token is missing or empty (mode StsToken); ${login("StsToken")}`,
    ],
    [
      "a blank secret",
      { mode: "AK", access_key_id: "id-1", access_key_secret: " " },
      `its access_key_secret is missing or empty (mode AK); ${login("AK")}`,
    ],
    [
      "a key that is a number",
      { mode: "AK", access_key_id: 5, access_key_secret: "s3cret" },
      "its access_key_id is missing",
    ],
    ["an unknown mode", { mode: "Foo" }, 'its mode "Foo" is not known here (known: AK, StsToken, '],
    ["no mode", {}, "its mode is missing (known: AK"],
    [
      "no command",
      { mode: "External", process_command: "" },
      `its process_command is missing or empty (mode External); ${login("External")}`,
    ],
    [
      "a command that is not there",
      { mode: "External", process_command: "/nowhere/get-key --token s3cret" },
      'its command "/nowhere/get-key" can\'t be run (ENOENT): install it or correct process_command',
    ],
    [
      "a command that fails",
      { mode: "External", process_command: "false s3cret" },
      'its command "false" gave no credentials: run it by itself',
    ],
    [
      "a source that is not there",
      { mode: "ChainableRamRoleArn", ram_role_arn: "a", source_profile: "x" },
      'its source_profile "x" is not there',
    ],
    [
      "a source that is itself",
      { mode: "ChainableRamRoleArn", ram_role_arn: "a", source_profile: "p" },
      "its source_profile leads back to itself",
    ],
    [
      "a source that can't",
      { mode: "ChainableRamRoleArn", ram_role_arn: "a", source_profile: "odd" },
      'its source_profile "odd" can\'t: its mode "Anonymous" is not known',
    ],
    [
      "a site that is none",
      { mode: "OAuth", oauth_site_type: "x", oauth_refresh_token: "s3cret" },
      `if its login has ended, ${login("OAuth")}`,
    ],
  ])("says what is wrong with it and what helps: %s", async (_, fields, message) => {
    writeConfiguration({ ...PROFILES, profiles: [...PROFILES.profiles, { name: "p", ...fields }] });
    offerOthers();
    for (const options of [{ profile: "p" }, {}]) {
      vi.stubEnv("ALIBABA_CLOUD_PROFILE", "p");
      const error = (await chooseCredentials(options)
        .get()
        .catch((thrown: unknown) => thrown)) as Error;
      expect(error).toMatchObject({ name: "AccessDeniedError" });
      expect(error.message).toContain('profile "p" of ~/.aliyun/config.json can\'t be used: ');
      expect(error.message).toContain(message);
      expect(error.message).not.toContain("s3cret");
    }
  });

  it.each<[string, unknown]>([
    ["a region that is null", { name: "x", mode: "AK", region_id: null }],
    ["no name", { mode: "AK" }],
    ["a name that is a number", { name: 7 }],
    ["null", null],
    ["a list", [1]],
    ["a text", "x"],
  ])("is not harmed by an odd one beside it: %s", async (_, odd) => {
    writeConfiguration({ current: 3, profiles: [odd, ...PROFILES.profiles] });
    expect(await chooseCredentials({ profile: "work" }).get()).toMatchObject({ accessKeyId: "id-work" });
    expect((await chooseRegion({ profile: "work" }, process.env)())?.regionId).toBe("cn-shanghai-finance-1");
  });
});

it("the default chain says why the current profile gave nothing", async () => {
  writeConfiguration({ current: "odd", profiles: PROFILES.profiles });
  await expect(chooseCredentials({}).get()).rejects.toThrow(
    /^no credentials: .*; profile "odd" of .* can't be used: its mode "Anonymous"/,
  );
});

it.each<[string, unknown, string]>([
  ["is cut off", '{ "current": "home", "profiles": [', "is not a configuration of the official command"],
  ["has no list of profiles", { current: "home" }, "is not a configuration of the official command"],
  [
    "names a current profile that it lacks",
    { current: "x", profiles: [] },
    'names "x", which it does not hold',
  ],
  ["names no current profile", { profiles: PROFILES.profiles }, "names none"],
])("the default chain says that the configuration %s", async (_, configuration, why) => {
  writeConfiguration(configuration);
  await expect(chooseCredentials({}).get()).rejects.toThrow(
    `gave none either; the current profile can't be used: ~/.aliyun/config.json ${why}`,
  );
});

it("the default chain says that the configuration can't be read", async () => {
  mkdirSync(join(home, ".aliyun", "config.json"), { recursive: true });
  await expect(chooseCredentials({}).get()).rejects.toThrow(
    "gave none either; the current profile can't be used: ~/.aliyun/config.json can't be read (EISDIR)",
  );
});

describe("malformed keys in the environment", () => {
  it.each<[string, Record<string, string>, string]>([
    [
      "a blank id",
      { ALIBABA_CLOUD_ACCESS_KEY_ID: " ", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s" },
      "ALIBABA_CLOUD_ACCESS_KEY_ID must be printable",
    ],
    [
      "a carriage return",
      { ACCESS_KEY_ID: "id-1\r", ACCESS_KEY_SECRET: "s" },
      "ACCESS_KEY_ID must be printable",
    ],
    ["an id alone", { ALICLOUD_ACCESS_KEY_ID: "id-1" }, "ALICLOUD_ACCESS_KEY_ID must be given together with"],
    [
      "a secret alone",
      { ALICLOUD_ACCESS_KEY_SECRET: "s" },
      "ALICLOUD_ACCESS_KEY_SECRET must be given together with",
    ],
    [
      "a token with a line break",
      {
        ALIBABA_CLOUD_ACCESS_KEY_ID: "id-1",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s",
        ALIBABA_CLOUD_SECURITY_TOKEN: "t\n",
      },
      "ALIBABA_CLOUD_SECURITY_TOKEN must be printable",
    ],
  ])("are denied, in a wait and in a single call alike: %s", async (_, environment, message) => {
    for (const [name, value] of Object.entries(environment)) {
      vi.stubEnv(name, value);
    }
    const client = new BdrcClient({ endpoint: "https://127.0.0.1:1" });
    const denied = { name: "AccessDeniedError", message: expect.stringContaining(message) };
    await expect(client.describeTask("t-1")).rejects.toMatchObject(denied);
    await expect(client.updateResources()).rejects.toMatchObject(denied);
    expect(await waitForTask("t-1", { client }).outcome).toMatchObject({ kind: "denied" });
  });
});

describe("a credential object", () => {
  it("is asked once by calls at the same time, and again after that", async () => {
    const getCredential = vi.fn(async () => ({ accessKeyId: "id-1", accessKeySecret: "s-1" }));
    const source = chooseCredentials({ credential: { getCredential } });
    await Promise.all([source.get(), source.get(), source.get()]);
    expect(getCredential).toHaveBeenCalledTimes(1);
    await source.get();
    expect(getCredential).toHaveBeenCalledTimes(2);
  });

  it("may give a bearer token", async () => {
    const credential = { getCredential: async () => ({ type: "bearer", bearerToken: "b-1" }) };
    expect(await chooseCredentials({ credential }).get()).toEqual({ kind: "bearer", bearerToken: "b-1" });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["gives nothing", async () => undefined, "AccessDeniedError"],
    ["gives half a key", async () => ({ accessKeyId: "id-1" }), "AccessDeniedError"],
    ["gives a number", async () => ({ accessKeyId: 1, accessKeySecret: "s" }), "AccessDeniedError"],
    ["fails", () => Promise.reject(new Error("no")), "AccessDeniedError"],
    [
      "fails on the network",
      () => Promise.reject(Object.assign(new Error(), { code: "ECONNRESET" })),
      "UnreachableError",
    ],
    [
      "throws at once",
      () => {
        throw new Error("no");
      },
      "AccessDeniedError",
    ],
  ])("that %s is told apart", async (_, getCredential, name) => {
    const source = chooseCredentials({ credential: { getCredential } as never });
    await expect(source.get()).rejects.toMatchObject({ name });
  });

  it("that has worked before may fail without ending a wait", async () => {
    let fails = false;
    const getCredential = async () => {
      if (fails) {
        throw new Error("no");
      }
      return { accessKeyId: "id-1", accessKeySecret: "s-1" };
    };
    const source = chooseCredentials({ credential: { getCredential } });
    await source.get();
    fails = true;
    await expect(source.get()).rejects.toMatchObject({ name: "UnreachableError" });
  });
});
