import { describe, expect, it } from "vitest";
import { chooseRegion } from "../../src/openapi/endpoint/region.ts";

const KEYS = { accessKeyId: "id-1234", accessKeySecret: "secret-1234" };
const region = async (options: object, environment = {}) =>
  (await chooseRegion({ ...KEYS, ...options }, environment)())?.regionId;

describe("the region", () => {
  it("of the option goes before the environment's", async () => {
    expect(await region({ regionId: "cn-shanghai" }, { ALIBABA_CLOUD_REGION_ID: "ap-southeast-1" })).toBe(
      "cn-shanghai",
    );
  });

  it.each(["ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID", "REGION_ID", "REGION"])(
    "is read from %s, and an empty one is none",
    async (name) => {
      expect(await region({}, { [name]: "ap-southeast-1" })).toBe("ap-southeast-1");
      expect(await region({}, { [name]: "" })).toBeUndefined();
    },
  );

  it.each([
    "../x",
    "cn shanghai",
    "CN-SHANGHAI",
    "cn",
    "cn-",
    "a.b",
    "cn-shanghai\n",
    "cn-shanghai/../x",
    "x".repeat(50),
  ])("may not be %j, and is then none in a variable for everybody", async (regionId) => {
    expect(() => chooseRegion({ regionId }, {})).toThrow(/^regionId must be a region such as/);
    expect(() => chooseRegion({}, { ALICLOUD_REGION_ID: regionId })).toThrow(
      /^ALICLOUD_REGION_ID must be a region such as/,
    );
    expect(await region({}, { REGION: regionId })).toBeUndefined();
    expect(await region({}, { REGION_ID: regionId, REGION: "ap-southeast-1" })).toBe("ap-southeast-1");
  });
});
