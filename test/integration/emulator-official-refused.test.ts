import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { type OfficialCall, refusal } from "./emulator-official-client.ts";

const started: Emulator[] = [];
async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  started.push(emulator);
  return emulator;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((emulator) => emulator.stop()));
});

const TEMPORARY = {
  accessKeyId: "STS.1",
  accessKeySecret: "temporary secret",
  securityToken: "token+/= one",
};

describe("the official client is refused, by the class it documents", () => {
  const look: OfficialCall = { taskId: "t-1" };
  const wrongSecret = { accessKeyId: "AK1", accessKeySecret: "wrong" };
  const temporary = (fields: object) => ({ ...TEMPORARY, ...fields });
  const keys = [{ accessKeyId: "AK1", accessKeySecret: "one" }];

  it.each<[string, EmulatorOptions, Record<string, unknown>, string, OfficialCall, string, number, string]>([
    [
      "no key at all",
      {},
      {},
      "DescribeTask",
      { ...look, authType: "Anonymous" },
      "ClientError",
      400,
      "MissingAccessKeyId",
    ],
    [
      "an unknown key",
      {},
      { accessKeyId: "AK0", accessKeySecret: "x" },
      "DescribeTask",
      look,
      "ClientError",
      404,
      "InvalidAccessKeyId.NotFound",
    ],
    [
      "a disabled key",
      { keys: [{ accessKeyId: "AK1", accessKeySecret: "one", disabled: true }] },
      {},
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidAccessKeyId.Inactive",
    ],
    ["a wrong secret", {}, wrongSecret, "DescribeTask", look, "ClientError", 400, "SignatureDoesNotMatch"],
    [
      "a wrong secret and a wrong parameter",
      {},
      wrongSecret,
      "CheckRules",
      {},
      "ClientError",
      400,
      "SignatureDoesNotMatch",
    ],
    [
      "an expired token",
      { keys: [{ ...TEMPORARY, expiresAtMs: 1 }] },
      temporary({}),
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidSecurityToken.Expired",
    ],
    [
      "a token that is none",
      { keys: [TEMPORARY] },
      temporary({ securityToken: "x" }),
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidSecurityToken.Malformed",
    ],
    [
      "another key's token",
      { keys: [TEMPORARY, { accessKeyId: "STS.2", accessKeySecret: "2", securityToken: "two" }] },
      temporary({ securityToken: "two" }),
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidSecurityToken.MismatchWithAccessKey",
    ],
    [
      "a temporary key without its token",
      { keys: [TEMPORARY] },
      temporary({ securityToken: undefined }),
      "DescribeTask",
      look,
      "ClientError",
      400,
      "MissingSecurityToken",
    ],
    [
      "an unknown bearer",
      {},
      { bearerToken: "x" },
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidBearerToken",
    ],
    [
      "RAM",
      { ram: { denied: ["DescribeTask"] } },
      {},
      "DescribeTask",
      look,
      "ClientError",
      403,
      "NoPermission",
    ],
    [
      "RAM in its other words",
      { ram: { denied: ["DescribeTask"], code: "Forbidden.RAM" } },
      {},
      "DescribeTask",
      look,
      "ClientError",
      403,
      "Forbidden.RAM",
    ],
    [
      "an unknown path",
      {},
      {},
      "DescribeTask",
      { path: "/api/v1/nothing" },
      "ClientError",
      404,
      "InvalidAction.NotFound",
    ],
    [
      "an unknown action",
      {},
      {},
      "DescribeNothing",
      { path: "/api/v1/tasks" },
      "ClientError",
      404,
      "InvalidAction.NotFound",
    ],
    [
      "the wrong method",
      {},
      {},
      "DescribeTask",
      { ...look, method: "DELETE" },
      "ClientError",
      404,
      "InvalidAction.NotFound",
    ],
    [
      "another version",
      {},
      {},
      "DescribeTask",
      { ...look, version: "2014-05-26" },
      "ClientError",
      400,
      "InvalidVersion",
    ],
    ["a missing parameter", {}, {}, "CheckRules", {}, "ClientError", 400, "MissingResourceArn"],
    [
      "a bad parameter",
      {},
      {},
      "DescribeTasks",
      { query: { TaskStatus: "DONE" } },
      "ClientError",
      400,
      "InvalidTaskStatus",
    ],
    ["an unknown task", {}, {}, "DescribeTask", look, "ClientError", 400, "InvalidTask.NotFound"],
    [
      "an unknown task in other words",
      { unknownTask: { httpStatus: 404, code: "Task.NotExist" } },
      {},
      "DescribeTask",
      look,
      "ClientError",
      404,
      "Task.NotExist",
    ],
    [
      "its quota",
      { quota: { perSecond: 0 } },
      {},
      "DescribeTask",
      look,
      "ThrottlingError",
      400,
      "Throttling.User",
    ],
    [
      "the quota of all",
      { quota: { perApi: 0 } },
      {},
      "DescribeTask",
      look,
      "ThrottlingError",
      400,
      "Throttling.Api",
    ],
    [
      "its calls in flight",
      { quota: { concurrency: 0 } },
      {},
      "DescribeTask",
      look,
      "ThrottlingError",
      400,
      "Throttling.Api.Concurrency",
    ],
    [
      "its quota, as 429",
      { quota: { perSecond: 0 }, throttleStatus: 429 },
      {},
      "DescribeTask",
      look,
      "ThrottlingError",
      429,
      "Throttling.User",
    ],
    [
      "its quota, as 503",
      { quota: { perSecond: 0 }, throttleStatus: 503 },
      {},
      "DescribeTask",
      look,
      "ServerError",
      503,
      "ServiceUnavailable",
    ],
    [
      "an unavailable server",
      { faults: "503=1" },
      {},
      "DescribeTask",
      look,
      "ServerError",
      503,
      "ServiceUnavailable",
    ],
    ["a broken server", { faults: "500=1" }, {}, "DescribeTask", look, "ServerError", 500, "InternalError"],
    [
      "a clock that is 20 min off",
      { clockSkewMs: 20 * 60_000 },
      {},
      "DescribeTask",
      look,
      "ClientError",
      400,
      "InvalidTimeStamp.Expired",
    ],
  ])("for %s", async (_case, options, config, action, of, name, statusCode, code) => {
    const emulator = await emulate({ keys, ...options });
    const error = await refusal(emulator, action, of, config);
    expect(error).toMatchObject({ name, statusCode, code });
    expect(error["requestId"]).toBe(emulator.requests()[0]?.requestId);
  });
});
