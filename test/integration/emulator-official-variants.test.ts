import { afterEach, describe, expect, it } from "vitest";
import {
  call,
  type OfficialCall,
  officialClient,
  officialUtil,
  refusal,
} from "./emulator-official-client.ts";
import { startedEmulators } from "./started-emulators.ts";

const emulate = startedEmulators();

const { getNonce, getTimestamp, getAuthorization } = officialUtil;
afterEach(() => {
  Object.assign(officialUtil, { getNonce, getTimestamp, getAuthorization });
});

const poll: OfficialCall = { taskId: "t-1" };

describe("the official client is refused, by the class it documents", () => {
  it("for RAM, with the service's explanation", async () => {
    const error = await refusal(await emulate({ ram: { denied: ["CheckRules"] } }), "CheckRules");
    expect(error["accessDeniedDetail"]).toMatchObject({ AuthAction: "bdrc:CheckRules" });
  });

  it("for a nonce that it used before", async () => {
    officialUtil.getNonce = () => "always the same";
    const emulator = await emulate({ tasks: [{ taskId: "t-1" }] });
    const client = officialClient(emulator);
    await call(client, "DescribeTask", poll);
    await expect(call(client, "DescribeTask", poll)).rejects.toMatchObject({
      name: "ClientError",
      code: "SignatureNonceUsed",
    });
  });

  it.each([
    ["old", -16 * 60_000, "InvalidTimeStamp.Expired"],
    ["future", 16 * 60_000, "InvalidTimeStamp.Expired"],
    ["malformed", Number.NaN, "InvalidTimeStamp.Format"],
  ])("for an %s date", async (_kind, offsetMs, code) => {
    officialUtil.getTimestamp = () =>
      Number.isNaN(offsetMs)
        ? "yesterday"
        : new Date(Date.now() + offsetMs).toISOString().replace(/\.\d+Z$/, "Z");
    await expect(refusal(await emulate(), "DescribeTask", poll)).resolves.toMatchObject({ code });
  });

  it("for an authorization that is none", async () => {
    officialUtil.getAuthorization = () => "ACS3-HMAC-SHA256 Credential=AK1";
    await expect(refusal(await emulate(), "DescribeTask", poll)).resolves.toMatchObject({
      name: "ClientError",
      statusCode: 400,
      code: "IncompleteSignature",
    });
  });

  it("for a host that is not the service's", async () => {
    const emulator = await emulate();
    // The same address under a name that nobody has made known.
    const endpoint = `127.1:${new URL(emulator.endpoint).port}`;
    await expect(refusal(emulator, "DescribeTask", poll, { endpoint })).resolves.toMatchObject({
      name: "ClientError",
      statusCode: 404,
      code: "InvalidProduct.NotFound",
    });
  });

  it("for a resource that can't be", async () => {
    const form = { ResourceArn: "i-001" };
    await expect(refusal(await emulate(), "CheckRules", { form })).resolves.toMatchObject({
      name: "ClientError",
      statusCode: 400,
      code: "InvalidParameter",
    });
  });

  // What gateways were seen to say as well, for a client that is to handle it.
  it.each([
    ["InvalidAccessKeyId", 404, "ClientError"],
    ["InvalidApi.NotFound", 404, "ClientError"],
    ["Throttling", 400, "ThrottlingError"],
    ["Throttling.System", 400, "ThrottlingError"],
    ["Rejected.Throttling", 400, "ThrottlingError"],
  ])("for %s, when a fault says so", async (code, httpStatus, name) => {
    const emulator = await emulate({ faults: () => ({ kind: "refuse", code, httpStatus }) });
    const error = await refusal(emulator, "DescribeTask", poll);
    expect(error).toMatchObject({ name, code, statusCode: httpStatus });
  });
});

// Some services say so when they are asked too often.
describe("the official client takes a 302 for a success", () => {
  it("and stumbles over a body that is empty", async () => {
    const client = officialClient(await emulate({ faults: "redirect=1" }));
    await expect(call(client, "DescribeTask", poll)).rejects.toMatchObject({ name: "SyntaxError" });
  });

  it("and gives back one that is not", async () => {
    const answer = { kind: "answer", httpStatus: 302, body: '{"Data":{}}' } as const;
    const client = officialClient(await emulate({ faults: () => answer }));
    await expect(call(client, "DescribeTask", poll)).resolves.toEqual({ Data: {} });
  });
});
