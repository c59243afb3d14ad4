import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveServicesOptions, shardOf } from "../../src/restate/options.ts";
import { scriptedSource } from "../../src/testing/source/scripted-source.ts";

const source = scriptedSource();

describe("the options of the services", () => {
  it("have one poller for 20 calls a second, and at least one", () => {
    const shardsAt = (perSecond: number) => resolveServicesOptions({ source, perSecond }).shards;
    expect([1, 20, 29, 80, 10_000].map(shardsAt)).toEqual([1, 1, 1, 4, 500]);
  });

  it("are complete without any", () => {
    expect(resolveServicesOptions({ source })).toMatchObject({
      perSecond: 5,
      shards: 1,
      account: "default",
      waitService: { name: "Taskwait" },
      poller: { name: "TaskwaitPoller" },
      quota: { name: "TaskwaitQuota" },
      defaults: { timeoutMs: 86_400_000 },
    });
  });

  it("are what their waits begin with", () => {
    expect(resolveServicesOptions({ source, timeout: "2h", waitPriceMs: 100 }).defaults).toMatchObject({
      timeoutMs: 7_200_000,
      waitPriceMs: 100,
    });
  });

  it.each([
    [{ source: {} }, /source must be an object with a describe function/],
    [{ source, perSecond: 0 }, /perSecond must be a number above 0/],
    [{ source, shards: 1.5 }, /shards must be a whole number from 1 to 1000, got 1.5/],
    [{ source, account: "a~b" }, /account must be 1 to 100 letters, digits and _\.-, got "a~b"/],
    [{ source, name: "no-name" }, /name must be letters and digits/],
    [{ source, resume: {} }, /unknown option "resume"/],
    [{ source, timeoutMs: -1 }, /timeoutMs must be/],
    [undefined, /options must be an object/],
  ])("are refused when they can't be: %j", (options, message) => {
    expect(() => resolveServicesOptions(options as never)).toThrow(message);
    expect(() => resolveServicesOptions(options as never)).toThrow(/^restateServices: /);
  });
});

describe("the poller of a task", () => {
  it("is always the same, among those there are, of the task's account", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 1000 }), (taskId, shards) => {
        const options = resolveServicesOptions({ source, shards, account: "mine" });
        const [account, shard] = shardOf(taskId, options).split("~");
        expect(account).toBe("mine");
        expect(Number(shard)).toBeLessThan(shards);
        expect(shardOf(taskId, options)).toBe(shardOf(taskId, options));
      }),
    );
  });

  it("differs, so that tasks spread evenly", () => {
    const options = resolveServicesOptions({ source, shards: 4 });
    const counts = new Map<string, number>();
    for (let n = 0; n < 1000; n++) {
      const shard = shardOf(`t-0000e4w0u1v592zdf${n}`, options);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(Math.min(...counts.values())).toBeGreaterThan(150);
    expect(counts.size).toBe(4);
  });
});
