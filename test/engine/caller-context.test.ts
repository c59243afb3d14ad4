import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { type TaskSource, TaskWaiter, waitForTasks } from "../../src/index.ts";
import { WAIT_EVENT_NAMES } from "../../src/task/wait-events.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { HOUR_MS, pass, useFakeTime } from "./fake-time.ts";

useFakeTime();

const REQUESTS = ["first", "second", "third"];
const SHARED = "t-shared";

/** What each callback of three requests finds in their contexts. */
async function callbacksOf(source: TaskSource, batch: "never" | "always") {
  const storage = new AsyncLocalStorage<string>();
  const waiter = new TaskWaiter({ source, batch, rate: { perSecond: 10_000 } });
  const calls: { readonly how: string; readonly expected: string; readonly found: string | undefined }[] = [];
  const request = (expected: string): void => {
    const note = (how: string) => (): void => {
      calls.push({ how, expected, found: storage.getStore() });
    };
    const group = waitForTasks([SHARED, `t-${expected}`], { waiter });
    const wait = waiter.wait(SHARED);
    for (const name of WAIT_EVENT_NAMES) {
      wait.on(name, note("on")).once(name, note("once"));
      group.on(name, note("group"));
      waiter.on(name, note("waiter"));
    }
    wait.then(note("then"), note("then"));
    void wait.outcome.then(note("outcome"));
    void group.then(note("group then"), note("group then"));
    void (async () => {
      for await (const _ of wait) {
        note("iterator")();
      }
    })();
    void (async () => {
      for await (const _ of group) {
        note("group iterator")();
      }
    })();
  };
  for (const name of REQUESTS) {
    storage.run(name, request, name);
    // So that the first request's timers and calls are under way when the others come.
    await pass(10);
  }
  await pass(HOUR_MS);
  return calls;
}

describe("listeners, iterators and promises keep the context of the request that added them", () => {
  it.each(["never", "always"] as const)("with batch: %s", async (batch) => {
    const script = { durationMs: 60_000, progress: (fraction: number) => 10_000 * fraction };
    const calls = await callbacksOf(scriptedSource({}, { otherwise: script }), batch);
    expect(new Set(calls.map(({ how }) => how))).toEqual(
      new Set([
        ...["on", "once", "group", "waiter", "iterator", "group iterator", "then", "outcome", "group then"],
      ]),
    );
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter(({ expected, found }) => expected !== found)).toEqual([]);
  });
});
