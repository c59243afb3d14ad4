import { describe, expect, it } from "vitest";
import { InvalidOptionError, WaiterClosedError, waitForTask } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

describe("closing a waiter", () => {
  it("ends the waits in flight with an error that says so", async () => {
    const source = scriptedSource({ "t-1": ["RUNNING"], "t-2": ["hang"] });
    const waiter = makeWaiter(source);
    const seen = [record(waiter.wait("t-1")), record(waiter.wait("t-2"))];
    await pass(500);
    await waiter.close();
    await flush();
    for (const [index, one] of seen.entries()) {
      const { reason } = one.results[0] as { reason: WaiterClosedError };
      expect(reason).toBeInstanceOf(WaiterClosedError);
      expect(reason).toMatchObject({ code: "WAITER_CLOSED", taskId: `t-${index + 1}` });
      expect(one.outcome?.kind).toBe("aborted");
    }
    expect(source.inFlight).toBe(0);
    expectNothingLeft(waiter);
  });

  it("or lets them come to their own ends, when asked to, and is closed when the last has", async () => {
    const waiter = makeWaiter(scriptedSource({ "t-1": { durationMs: 60_000 }, "t-2": ["FAILED"] }));
    const seen = [record(waiter.wait("t-1")), record(waiter.wait("t-2"))];
    let closed = false;
    const closing = waiter.close({ waits: "await" }).then(() => {
      closed = true;
    });
    await pass(30_000);
    expect(closed).toBe(false);
    await pass(HOUR_MS);
    await closing;
    expect(seen.map(({ outcome }) => outcome?.kind)).toEqual(["complete", "failed"]);
    expectNothingLeft(waiter);
  });

  it("waits that are awaited can still be aborted by a second close", async () => {
    const waiter = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }));
    const seen = record(waiter.wait(ID));
    const first = waiter.close({ waits: "await" });
    await pass(5000);
    await waiter.close();
    await first;
    expect(seen.outcome?.kind).toBe("aborted");
    expectNothingLeft(waiter);
  });

  it("takes no more waits, and says so at once", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    await waiter.close();
    expect(() => waiter.wait(ID)).toThrow(WaiterClosedError);
    expect(() => waitForTask(ID, { waiter })).toThrow(/closed.*t-0000e4w0u1v592zdf6s7/);
    expect(source.calls).toHaveLength(0);
  });

  it("ends a wait that has not begun yet", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    const seen = record(waiter.wait(ID));
    await waiter.close();
    await flush();
    expect(seen.outcome?.kind).toBe("aborted");
    expect(source.calls).toHaveLength(0);
    expectNothingLeft(waiter);
  });

  it("can be done again and again, and with nothing in flight", async () => {
    const waiter = makeWaiter(scriptedSource());
    await waiter.close();
    await waiter.close({ waits: "await" });
    await waiter[Symbol.asyncDispose]();
    expectNothingLeft(waiter);
  });

  it("`await using` closes it", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING"] });
    const seen = await (async () => {
      await using waiter = makeWaiter(source);
      const inside = record(waiter.wait(ID));
      await pass(500);
      return inside;
    })();
    await flush();
    expect((seen.results[0] as { reason: unknown }).reason).toBeInstanceOf(WaiterClosedError);
  });

  it("a listener that begins a wait while it closes is told that it is closed", async () => {
    const waiter = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }));
    const errors: unknown[] = [];
    const wait = waiter.wait(ID);
    record(wait);
    wait.on("aborted", () => {
      try {
        waiter.wait("t-2");
      } catch (error) {
        errors.push(error);
      }
    });
    await flush();
    await waiter.close();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(WaiterClosedError);
  });

  it("refuses a manner of closing that it does not know", async () => {
    const waiter = makeWaiter(scriptedSource());
    await expect(waiter.close({ waits: "maybe" as "await" })).rejects.toThrow(InvalidOptionError);
    await expect(waiter.close({ waits: "maybe" as "await" })).rejects.toThrow(
      /close: waits must be.*"maybe"/,
    );
  });
});

describe("waits that share a source share a waiter", () => {
  it("so that two on one task cost one poll", async () => {
    const source = scriptedSource({ [ID]: ["RUNNING", "COMPLETE"] });
    const both = [waitForTask(ID, { source }), waitForTask(ID, { source })];
    await pass(HOUR_MS);
    await Promise.all(both);
    expect(source.calls).toHaveLength(2);
  });

  it("a source, a client and a waiter exclude each other", () => {
    const source = scriptedSource();
    expect(() => waitForTask(ID, { source, waiter: makeWaiter(source) })).toThrow(
      /waitForTask: give source or waiter/,
    );
    expect(() => waitForTask(ID, { source: {} as never })).toThrow(/waitForTask: source must/);
    expect(() => waitForTask(ID, { waiter: {} as never })).toThrow(
      /waitForTask: waiter must be a TaskWaiter/,
    );
    expect(() => waitForTask(ID, { client: "x" as never })).toThrow(/waitForTask: client must/);
    expect(() => waitForTask(ID, { sauce: source } as never)).toThrow(/waitForTask: unknown option "sauce"/);
    expect(() => waitForTask(ID, null as never)).toThrow(/waitForTask: options must be an object/);
  });
});
