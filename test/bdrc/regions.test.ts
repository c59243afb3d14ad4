import { afterEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../../src/bdrc/regions.ts";

const named = (regionId: string) => ({ regionId, source: "regionId" });

describe("the host of a region", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is the documented one", () => {
    expect(hostOf(undefined, false)).toBe("bdrc.cn-shanghai.aliyuncs.com");
    expect(hostOf(named("cn-shanghai"), false)).toBe("bdrc.cn-shanghai.aliyuncs.com");
    expect(hostOf(named("ap-southeast-1"), true)).toBe("bdrc-vpc.ap-southeast-1.aliyuncs.com");
  });

  it("of a region that BDRC doesn't list causes one warning", () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(hostOf(named("eu-central-1"), false)).toBe("bdrc.eu-central-1.aliyuncs.com");
    expect(hostOf(named("eu-central-1"), false)).toBe("bdrc.eu-central-1.aliyuncs.com");
    expect(warning).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"eu-central-1"'), {
      type: "TaskwaitWarning",
      code: "UNLISTED_REGION",
    });
  });
});
