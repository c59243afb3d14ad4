import { describe, expect, it, vi } from "vitest";
import { countedSignal, scriptedSource } from "../../src/testing/index.ts";
import { BROKEN_CONNECTION, ENDINGS } from "./endings.ts";
import { expectNothingLeft, flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const REASONS: [string, unknown][] = [
  ["an error", new Error("enough")],
  ["a string", "enough"],
  ["an object", { why: "enough" }],
  ["null", null],
  ["0", 0],
];

describe("W2: an abort settles its wait in the same turn, and touches no other", () => {
  it.each(REASONS)("it rejects with the signal's own reason, untouched: %s", async (_, reason) => {
    const controller = new AbortController();
    const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID, { signal: controller.signal });
    const seen = record(wait);
    await flush();
    controller.abort(reason);
    await flush();
    expect(seen.results).toEqual([{ reason }]);
    expect((seen.results[0] as { reason: unknown }).reason).toBe(reason);
    expect(seen.outcome).toEqual({ kind: "aborted", error: reason, task: wait.latest });
  });

  it("a signal without a reason of its own gives its AbortError", async () => {
    const wait = makeWaiter(scriptedSource()).wait(ID, { signal: AbortSignal.abort() });
    await expect(wait).rejects.toMatchObject({ name: "AbortError" });
  });

  it("already aborted means no call at all", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    const reason = new Error("before it began");
    const seen = record(waiter.wait(ID, { signal: AbortSignal.abort(reason) }));
    await pass(HOUR_MS);
    expect(seen.results).toEqual([{ reason }]);
    expect(seen.names).toEqual(["aborted", "settled"]);
    expect(source.calls).toHaveLength(0);
    expectNothingLeft(waiter);
  });

  it("so does an abort in the turn in which the wait is made", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const controller = new AbortController();
    const seen = record(makeWaiter(source).wait(ID, { signal: controller.signal }));
    controller.abort(new Error("enough"));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("aborted");
    expect(source.calls).toHaveLength(0);
  });

  const MOMENTS = [
    { when: "in a call", script: ["hang"], rate: 10_000, afterMs: 100 },
    { when: "in a call of a source that is deaf to it", script: ["deaf"], rate: 10_000, afterMs: 100 },
    { when: "in a sleep", script: ["RUNNING"], rate: 10_000, afterMs: 500 },
    {
      when: "in the pause before a call is sent again",
      script: [BROKEN_CONNECTION],
      rate: 10_000,
      afterMs: 5,
    },
    {
      when: "in the pause that the service asked for",
      script: [{ throttled: true, retryAfterMs: 60_000 }],
      rate: 10_000,
      afterMs: 5000,
    },
    { when: "in the limiter's queue", script: ["RUNNING"], rate: 0.01, afterMs: 500 },
  ] as const;

  it.each(MOMENTS)("it settles in the same turn $when", async ({ script, rate, afterMs }) => {
    const source = scriptedSource({ "t-before": ["COMPLETE"], [ID]: script });
    const waiter = makeWaiter(source, { rate: { perSecond: rate } });
    const before = waiter.wait("t-before");
    const controller = new AbortController();
    const seen = record(waiter.wait(ID, { signal: controller.signal }));
    await pass(afterMs);
    await before;
    const calls = source.calls.length;
    expect(seen.outcome).toBeUndefined();
    controller.abort(new Error("enough"));
    expect(seen.names.slice(-2)).toEqual(["aborted", "settled"]);
    await flush();
    expect(seen.results).toHaveLength(1);
    expectNothingLeft(waiter);
    await pass(HOUR_MS);
    expect(source.calls).toHaveLength(calls);
  });

  it("it cancels the call in flight, which sees the same reason", async () => {
    const source = scriptedSource({ [ID]: ["hang"] });
    const reasons: unknown[] = [];
    const describe = source.describe.bind(source);
    source.describe = (taskId, options) => {
      options.signal?.addEventListener("abort", () => reasons.push(options.signal?.reason));
      return describe(taskId, options);
    };
    const controller = new AbortController();
    const seen = record(makeWaiter(source).wait(ID, { signal: controller.signal }));
    await flush();
    const reason = new Error("enough");
    controller.abort(reason);
    await flush();
    expect(seen.outcome?.kind).toBe("aborted");
    expect(source.calls[0]?.aborted).toBe(true);
    expect(reasons).toEqual([reason]);
  });

  it("it does not cancel a call that another wait shares; the last to leave does", async () => {
    const source = scriptedSource({ [ID]: ["hang"] });
    const waiter = makeWaiter(source, { pollTimeout: "1h" });
    const [first, second] = [new AbortController(), new AbortController()];
    const seen = [first, second].map(({ signal }) => record(waiter.wait(ID, { signal })));
    await pass(100);
    expect(source.calls).toHaveLength(1);
    first.abort(new Error("first"));
    await pass(100);
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(["aborted", undefined]);
    expect(source.calls[0]?.aborted).toBe(false);
    second.abort(new Error("second"));
    await flush();
    expect(source.calls[0]?.aborted).toBe(true);
    expect(source.calls).toHaveLength(1);
    expectNothingLeft(waiter);
  });

  it("it never touches another wait on the same task", async () => {
    const source = scriptedSource({ [ID]: { durationMs: 60_000 } });
    const waiter = makeWaiter(source);
    const controller = new AbortController();
    const aborted = record(waiter.wait(ID, { signal: controller.signal }));
    const other = record(waiter.wait(ID));
    await pass(10_000);
    controller.abort();
    await pass(120_000);
    expect(aborted.outcome?.kind).toBe("aborted");
    expect(other.outcome?.kind).toBe("complete");
  });

  it("a wait that began after another one's abort is like any other", async () => {
    const source = scriptedSource({ [ID]: ["hang", "COMPLETE"] });
    const waiter = makeWaiter(source);
    const first = waiter.wait(ID);
    const firstSeen = record(first);
    await flush();
    first.abandon();
    const second = record(waiter.wait(ID));
    await flush();
    expect(firstSeen.outcome?.kind).toBe("aborted");
    expect(second.outcome?.kind).toBe("complete");
  });

  it("one signal ends all waits that it was given to, and no more", async () => {
    const source = scriptedSource({}, { otherwise: ["RUNNING"] });
    const waiter = makeWaiter(source);
    const controller = new AbortController();
    const ended = ["t-1", "t-2", "t-3"].map((id) => record(waiter.wait(id, { signal: controller.signal })));
    const going = record(waiter.wait("t-4"));
    await pass(100);
    controller.abort("enough");
    await flush();
    expect(ended.map(({ outcome }) => outcome?.kind)).toEqual(["aborted", "aborted", "aborted"]);
    expect(going.outcome).toBeUndefined();
    await waiter.close();
  });

  it.each(ENDINGS)(
    "no listener stays on the signal after the end by $how",
    async ({ script, options, end }) => {
      const counted = countedSignal();
      const waiter = makeWaiter(scriptedSource({ [ID]: script }));
      const wait = waiter.wait(ID, { signal: counted.signal, ...options });
      record(wait);
      await flush();
      expect(counted.mostListeners).toBeLessThanOrEqual(1);
      await end({ wait, waiter, controller: counted });
      expect(counted.listeners).toBe(0);
    },
  );

  it("1,000 waits on one signal put one listener on it, and none when they are over", async () => {
    const counted = countedSignal();
    const source = scriptedSource({}, { otherwise: ["RUNNING", "COMPLETE"] });
    const waiter = makeWaiter(source);
    const waits = Array.from({ length: 1000 }, (_, index) =>
      waiter.wait(`t-${index}`, { signal: counted.signal }),
    );
    await pass(10);
    expect(counted.listeners).toBe(1);
    await pass(HOUR_MS);
    await Promise.all(waits);
    expect(counted.mostListeners).toBe(1);
    expect(counted.listeners).toBe(0);
  });

  it("a signal that is never aborted can be used again and again", async () => {
    const warn = vi.spyOn(process, "emitWarning");
    const { signal } = new AbortController();
    const waiter = makeWaiter(scriptedSource({}, { otherwise: ["COMPLETE"] }));
    for (let index = 0; index < 30; index++) {
      const wait = waiter.wait(ID, { signal });
      await flush();
      await wait;
    }
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("abandon() ends this wait only, with the caller's reason or an AbortError", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING"] });
    const waiter = makeWaiter(source);
    const [plain, given, other] = [waiter.wait(ID), waiter.wait(ID), waiter.wait(ID)];
    const seen = [plain, given, other].map(record);
    await pass(100);
    const reason = new Error("no longer needed");
    plain.abandon();
    given.abandon(reason);
    await flush();
    expect(seen[0]?.results).toMatchObject([{ reason: { name: "AbortError" } }]);
    await expect(plain).rejects.toBeInstanceOf(DOMException);
    expect(seen[1]?.results).toEqual([{ reason }]);
    expect(seen[2]?.results).toEqual([]);
    await waiter.close();
  });

  it("a wait's own abort from inside its source's call ends it too", async () => {
    const controller = new AbortController();
    const source = {
      describe: () => {
        controller.abort(new Error("from inside"));
        return new Promise<never>(() => {});
      },
    };
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID, { signal: controller.signal }));
    await flush();
    expect(seen.outcome?.kind).toBe("aborted");
    expectNothingLeft(waiter);
  });
});
