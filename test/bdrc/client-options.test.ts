import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import type { BdrcClientOptions } from "../../src/bdrc/client-options.ts";

const KEYS = { accessKeyId: "id-1234", accessKeySecret: "secret-1234" };
const make = (options: unknown) => new BdrcClient(options as BdrcClientOptions);

beforeEach(() => {
  for (const name of ["ALIBABA_CLOUD_ENDPOINT", "ALIBABA_CLOUD_REGION_ID", "HTTPS_PROXY", "https_proxy"]) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

describe("BdrcClient's options", () => {
  it("may all be left out, be undefined, or be given together where that makes sense", () => {
    expect(() => new BdrcClient()).not.toThrow();
    expect(() => make({ regionId: undefined, ...KEYS, callTimeoutMs: undefined })).not.toThrow();
    expect(() =>
      make({ ...KEYS, securityToken: "t-1234", regionId: "cn-shanghai", vpc: true, callTimeoutMs: 1 }),
    ).not.toThrow();
  });

  it.each<[unknown, RegExp]>([
    [null, /options must be an object, got null/],
    ["x", /options must be an object, got "x"/],
    [[], /options must be an object, got a list of 0/],
    [
      { regionID: "cn-shanghai" },
      /BdrcClient: unknown option "regionID"; did you mean "regionId"\? Known are accessKeyId, /,
    ],
    [{ __proto__: null, constructor: 1 }, /unknown option "constructor"/],
    [{ regionId: "" }, /^BdrcClient: regionId must be a non-empty string, got ""/],
    [{ regionId: null }, /^BdrcClient: regionId must be a non-empty string, got null/],
    [{ endpoint: 7 }, /^BdrcClient: endpoint must be a non-empty string, got 7/],
    [{ vpc: "yes" }, /^BdrcClient: vpc must be true or false, got "yes"/],
    [{ insecure: 1 }, /^BdrcClient: insecure must be true or false, got 1/],
    [
      { callTimeoutMs: 0 },
      /^BdrcClient: callTimeoutMs must be a whole number of milliseconds from 1 to 315360000000, got 0/,
    ],
    [{ callTimeoutMs: -1 }, /got -1/],
    [{ callTimeoutMs: Number.NaN }, /got NaN/],
    [{ callTimeoutMs: 1.5 }, /got 1.5/],
    [{ callTimeoutMs: Number.POSITIVE_INFINITY }, /got Infinity/],
    [{ callTimeoutMs: "10" }, /got "10"/],
    [{ callTimeoutMs: 315_360_000_001 }, /got 315360000001/],
    [{ credential: {} }, /^BdrcClient: credential must be an object with getCredential\(\)/],
    [{ credential: null }, /^BdrcClient: credential must be .*, got a value of type null/],
    [{ proxy: "socks5://x" }, /^proxy must be an http or https URL of a proxy/],
    [
      { accessKeyId: "id-1234" },
      /^accessKeyId must be given together with accessKeySecret, which is missing/,
    ],
    [{ accessKeySecret: "s" }, /^accessKeySecret must be given together with accessKeyId, which is missing/],
    [{ securityToken: "s" }, /^securityToken must be given together with accessKeyId/],
    [{ ...KEYS, accessKeyId: "id\n" }, /^accessKeyId must be printable ASCII without blanks or line breaks/],
    [{ ...KEYS, securityToken: "a b" }, /^securityToken must be printable ASCII/],
    [{ bearerToken: "schlüssel" }, /^bearerToken must be printable ASCII/],
    [{ ...KEYS, bearerToken: "b" }, /^accessKeyId and bearerToken must not be given together/],
    [{ ...KEYS, profile: "p" }, /^accessKeyId and profile must not be given together/],
    [{ ...KEYS, endpoint: "a.example", vpc: true }, /^endpoint and vpc must not be given together/],
  ])("%j are refused at once", (options, message) => {
    let thrown: unknown;
    try {
      make(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: "InvalidOptionError", code: "INVALID_OPTION" });
    expect((thrown as Error).message).toMatch(message);
  });
});

describe("the arguments of a call", () => {
  const client = new BdrcClient({ endpoint: "https://127.0.0.1:1", ...KEYS });

  it.each(["", " ", "x".repeat(129), "../service/close", "t-1?x=1", "t-1\n", "t-1/..", 7, null, undefined])(
    "refuse %j as a task id before anything is sent",
    async (taskId) => {
      const refused = { name: "InvalidOptionError", message: expect.stringMatching(/^taskId must /) };
      await expect(client.describe(taskId as string)).rejects.toMatchObject(refused);
      await expect(client.describeTask(taskId as string)).rejects.toMatchObject(refused);
    },
  );

  it.each<[unknown, string]>([
    [{ maxResults: 0 }, "describeTasks: maxResults must be a whole number of at least 1, got 0"],
    [{ maxResults: 1.5 }, "describeTasks: maxResults must be a whole number of at least 1, got 1.5"],
    [{ maxResults: "50" }, 'describeTasks: maxResults must be a whole number of at least 1, got "50"'],
    [{ taskStatus: "" }, 'describeTasks: taskStatus must be a non-empty string, got ""'],
    [{ nextToken: 5 }, "describeTasks: nextToken must be a non-empty string, got a value of type number"],
    [
      { status: "RUNNING" },
      'describeTasks: unknown option "status"; known are maxResults, nextToken, taskStatus, taskType',
    ],
    [null, "describeTasks: options must be of type object, got null"],
  ])("refuse the query %j", async (query, message) => {
    await expect(client.describeTasks(query as object)).rejects.toMatchObject({
      name: "InvalidOptionError",
      message,
    });
  });

  it("refuse a signal that is none, a rule without a resource, and a resource without a type", async () => {
    await expect(client.describe("t-1", { signal: "x" as never })).rejects.toThrow(
      'describe: signal must be an AbortSignal, got "x"',
    );
    await expect(client.checkRules({ ruleId: "r" } as never)).rejects.toThrow(
      "checkRules: resourceArn must be a non-empty string, got undefined",
    );
    await expect(client.updateResources({ resourceType: "" })).rejects.toThrow(
      "updateResources: resourceType must be a non-empty string",
    );
  });
});
