import { describe, expect, it } from "vitest";
import { isBdrcApiError, type ThrottledEvent } from "../../src/index.ts";
import { BdrcApiError } from "../../src/task/errors.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

function apiError(httpStatus: number, apiCode: string, more: object = {}): { error: Error } {
  return { error: new BdrcApiError(`${apiCode}: slow down`, { httpStatus, apiCode, ...more }) };
}

describe("W5: a throttled answer slows everybody, and fails nobody", () => {
  it.each([
    ["Throttling.User with status 400", apiError(400, "Throttling.User")],
    ["Throttling.Api with status 503", apiError(503, "Throttling.Api")],
    ["status 429 without a word of throttling", apiError(429, "Whatever")],
    ["an answer that asks to wait", apiError(503, "ServiceUnavailable", { retryAfterMs: 100 })],
    [
      "the official SDK's error",
      {
        error: Object.assign(new Error("slow"), {
          code: "Throttling.User",
          statusCode: 400,
          retryAfter: 1500,
        }),
      },
    ],
  ])("%s is throttling, not an outage", async (_, step) => {
    const source = scriptedSource({ [ID]: [{ ...step, times: 4 }, "COMPLETE"] });
    const wait = makeWaiter(source).wait(ID, { outageBudgetMs: 1 });
    const seen = record(wait);
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.of("throttled")).toHaveLength(4);
    expect(seen.of("retry")).toHaveLength(0);
    expect(wait.checkpoint()).toMatchObject({ failures: 0, polls: 5 });
  });

  it("endless throttling ends in a timeout, never as unreachable or failed", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["throttled"] })).wait(ID, { timeout: "1h" });
    const seen = record(wait);
    await pass(2 * HOUR_MS);
    expect(seen.outcome?.kind).toBe("timedOut");
  });

  it("it asks this wait to stay away for as long as the service says, and tells so", async () => {
    const source = scriptedSource({
      [ID]: ["RUNNING", { throttled: true, retryAfterMs: 45_000 }, "COMPLETE"],
    });
    const seen = record(makeWaiter(source).wait(ID));
    await pass(HOUR_MS);
    const [, second, third] = source.calls;
    expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(45_000);
    expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeLessThanOrEqual(45_000 * 1.1 + 1000);
    const [event] = seen.of("throttled") as ThrottledEvent[];
    expect(event).toMatchObject({ taskId: ID, retryAfterMs: 45_000 });
    expect(isBdrcApiError(event?.error)).toBe(true);
    expect(event?.nextPollMs).toBeGreaterThanOrEqual(45_000);
    expect(event?.ratePerSecond).toBeGreaterThan(0);
  });

  it("nobody else asks within that time either", async () => {
    const source = scriptedSource(
      { [ID]: [{ throttled: true, retryAfterMs: 20_000 }, "COMPLETE"] },
      { otherwise: ["RUNNING"] },
    );
    const waiter = makeWaiter(source, { rate: "adaptive" });
    for (let index = 0; index < 5; index++) {
      record(waiter.wait(`t-${index}`, { maxIntervalMs: 1000 }));
    }
    await pass(10_000);
    const askedAtMs = source.calls.at(-1)?.atMs ?? 0;
    record(waiter.wait(ID));
    await pass(1000);
    const throttledAtMs = source.callsOf(ID)[0]?.atMs ?? 0;
    expect(throttledAtMs).toBeGreaterThanOrEqual(askedAtMs);
    await pass(HOUR_MS / 60);
    const within = source.calls.filter(
      ({ atMs }) => atMs > throttledAtMs + 1 && atMs < throttledAtMs + 19_900,
    );
    expect(within).toEqual([]);
    expect(source.calls.at(-1)?.atMs).toBeGreaterThan(throttledAtMs + 20_000);
    await waiter.close();
  });

  it("the common rate falls when it is adaptive, and rises again", async () => {
    let throttling = true;
    const source = scriptedSource({}, { otherwise: () => (throttling ? "throttled" : "RUNNING") });
    const waiter = makeWaiter(source, { rate: "adaptive" });
    const before = waiter.stats().ratePerSecond;
    const seen = Array.from({ length: 20 }, (_, index) =>
      record(waiter.wait(`t-${index}`, { maxIntervalMs: 1000 })),
    );
    await pass(5000);
    const low = waiter.stats().ratePerSecond;
    expect(low).toBeLessThan(before);
    expect(waiter.stats().throttled).toBeGreaterThan(0);
    throttling = false;
    await pass(90_000);
    expect(waiter.stats().ratePerSecond).toBeGreaterThan(low);
    expect(seen.every(({ outcome }) => outcome === undefined)).toBe(true);
    await waiter.close();
    expectNothingLeft(waiter);
  });

  it("an outage that began before is forgotten: being told to wait is being heard", async () => {
    const source = scriptedSource({
      [ID]: [
        { error: new TypeError("fetch failed") },
        { throttled: true, retryAfterMs: 50_000 },
        "unreachable",
      ],
    });
    const seen = record(makeWaiter(source).wait(ID, { outageBudget: "1m", maxInterval: "10s" }));
    await pass(59_000);
    expect(seen.of("retry").length).toBeGreaterThan(1);
    await pass(50_000);
    expect(seen.outcome).toBeUndefined();
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("unreachable");
  });
});
