import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseCredentials } from "../../src/openapi/credentials/credential-source.ts";
import { chooseRegion } from "../../src/openapi/endpoint/region.ts";

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

  it("are read anew for every call", async () => {
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
      name: "InvalidOptionError",
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
    ["odd", PROFILES, 'profile "odd" of ~/.aliyun/config.json gave no credentials'],
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
    ["gives half a key", async () => ({ accessKeyId: "id-1" }), "InvalidOptionError"],
    ["gives a number", async () => ({ accessKeyId: 1, accessKeySecret: "s" }), "InvalidOptionError"],
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
