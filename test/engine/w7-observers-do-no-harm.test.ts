import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { TaskWait, WaitEventName } from "../../src/index.ts";
import { OUTCOME_KINDS } from "../../src/task/outcome.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { EVENTFUL } from "./endings.ts";
import { HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

let emitWarning: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  emitWarning.mockRestore();
});

const EVERY_EVENT: WaitEventName[] = [
  "poll",
  "status",
  "progress",
  "retry",
  "throttled",
  "warning",
  ...OUTCOME_KINDS,
  "settled",
];

/** What a wait does when somebody observes it in this way. */
async function runWith(observe: (wait: TaskWait) => void) {
  const source = scriptedSource({ [ID]: EVENTFUL });
  const wait = makeWaiter(source).wait(ID);
  observe(wait);
  const seen = record(wait);
  await pass(HOUR_MS);
  return { outcome: seen.outcome?.kind, names: seen.names, callsAtMs: source.calls.map(({ atMs }) => atMs) };
}

async function* neverReads(wait: TaskWait) {
  for await (const task of wait) {
    await new Promise(() => {});
    yield task;
  }
}

const OBSERVERS: [string, (wait: TaskWait) => void][] = [
  [
    "listeners that throw",
    (wait) => {
      for (const name of EVERY_EVENT) {
        wait.on(name, () => {
          throw new Error(`no ${name}`);
        });
      }
    },
  ],
  [
    "listeners that reject later",
    (wait) => {
      for (const name of EVERY_EVENT) {
        wait.on(name, async () => {
          throw new Error(`no ${name}`);
        });
      }
    },
  ],
  [
    "listeners that never finish",
    (wait) => {
      for (const name of EVERY_EVENT) {
        wait.on(name, () => new Promise(() => {}));
      }
    },
  ],
  [
    "an iterator that takes one task and then none",
    (wait) => {
      void neverReads(wait).next();
    },
  ],
  ["an iterator that is never read", (wait) => void wait[Symbol.asyncIterator]()],
  [
    "listeners that add and remove listeners",
    (wait) => {
      const listener = () => {
        wait.off("poll", listener);
        wait.on("poll", listener);
      };
      wait.on("poll", listener);
    },
  ],
];

describe("W7: who observes a wait can neither delay nor change it", () => {
  it.each(OBSERVERS)("%s", async (_, observe) => {
    const alone = await runWith(() => {});
    expect(alone.outcome).toBe("complete");
    expect(await runWith(observe)).toEqual(alone);
  });

  it("a listener that throws is reported once, by name, through process.emitWarning", async () => {
    await runWith((wait) => {
      wait.on("poll", () => {
        throw new Error("my own mistake");
      });
    });
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(String(emitWarning.mock.calls[0]?.[0])).toMatch(/poll.*my own mistake/);
  });

  it("so is one whose promise rejects", async () => {
    await runWith((wait) => {
      wait.on("poll", () => Promise.reject(new Error("later")));
    });
    expect(emitWarning).toHaveBeenCalledTimes(1);
  });

  it("a listener that throws does not keep the others from hearing", async () => {
    const heard: string[] = [];
    await runWith((wait) => {
      wait.on("complete", () => heard.push("before"));
      wait.on("complete", () => {
        throw new Error("mine");
      });
      wait.on("complete", () => heard.push("after"));
    });
    expect(heard).toEqual(["before", "after"]);
  });

  it("nor does a waiter's own listener that throws", async () => {
    const source = scriptedSource({ [ID]: EVENTFUL });
    const waiter = makeWaiter(source);
    for (const name of EVERY_EVENT) {
      waiter.on(name, () => {
        throw new Error(`no ${name}`);
      });
    }
    const seen = record(waiter.wait(ID));
    await pass(HOUR_MS);
    expect(seen.outcome?.kind).toBe("complete");
    expect(seen.names.at(-1)).toBe("settled");
  });

  it("what a listener does to its payload harms nobody: the next poll is decided as before", async () => {
    const alone = await runWith(() => {});
    const run = await runWith((wait) => {
      wait.on("poll", (event) => {
        Reflect.set(event.task, "taskStatus", "COMPLETE");
        Reflect.set(event, "nextPollMs", 1);
      });
    });
    expect(run.outcome).toBe("complete");
    expect(run.callsAtMs).toEqual(alone.callsAtMs);
  });

  it("no listener for `error` is needed: there is no such event", async () => {
    const wait = makeWaiter(scriptedSource({ [ID]: ["FAILED"] })).wait(ID);
    wait.on("settled", () => {});
    await pass(1000);
    expect((await wait.outcome).kind).toBe("failed");
  });

  it("off() takes away what on() and once() added, however often", async () => {
    const listener = vi.fn();
    await runWith((wait) => {
      wait.on("poll", listener).once("poll", listener).off("poll", listener);
    });
    expect(listener).not.toHaveBeenCalled();
  });

  it("once() hears once, and on() twice hears twice", async () => {
    const [once, twice] = [vi.fn(), vi.fn()];
    const { names } = await runWith((wait) => {
      wait.once("poll", once).on("poll", twice).on("poll", twice);
    });
    expect(once).toHaveBeenCalledTimes(1);
    expect(twice).toHaveBeenCalledTimes(2 * names.filter((name) => name === "poll").length);
  });
});
