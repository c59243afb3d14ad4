import { describe, expect, it, vi } from "vitest";
import type { Task } from "../../src/index.ts";
import { assertUsed } from "../../src/testing/conformance/test-api.ts";
import {
  type MakeDriver,
  type MakeSource,
  sourceConformance,
  type TestApi,
  waitConformance,
} from "../../src/testing/index.ts";
import { plainDriver } from "./plain-driver.ts";

type Body = (...context: readonly unknown[]) => Promise<void>;

/** The cases of a suite, by name. */
function casesOf(register: (api: TestApi) => void): Map<string, Body> {
  const cases = new Map<string, Body>();
  register({ describe: (_, body) => body(), it: (name, body) => cases.set(name, body) });
  return cases;
}

const waitCases = (makeDriver: MakeDriver) => casesOf((api) => waitConformance(api, makeDriver));
const sourceCases = (makeSource: MakeSource) => casesOf((api) => sourceConformance(api, makeSource));

/** The names of the cases that pass, run side by side for a minute of fake time. */
async function passing(cases: ReadonlyMap<string, Body>): Promise<string[]> {
  vi.useFakeTimers();
  const passed: string[] = [];
  const ends = [...cases].map(([name, body]) =>
    body().then(
      () => passed.push(name),
      () => undefined,
    ),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(ends);
  vi.useRealTimers();
  return passed;
}

/** The names of the cases that say that they are skipped, and why. */
async function skipped(cases: ReadonlyMap<string, Body>, parts: RegExp): Promise<string[]> {
  const reasons: string[] = [];
  for (const [name, body] of cases) {
    if (parts.test(name)) {
      await body({ skip: (reason: string) => reasons.push(reason) });
    }
  }
  return reasons;
}

const ENDS = {
  complete: undefined,
  failed: "TASK_FAILED",
  expired: "TASK_EXPIRED",
  canceled: "TASK_CANCELED",
  timedOut: "WAIT_TIMEOUT",
  aborted: "ABORTED",
  notFound: "TASK_NOT_FOUND",
  denied: "ACCESS_DENIED",
  unreachable: "UNREACHABLE",
} as const;
const EMPTY_TASK: Task = {
  taskId: "t-conformance",
  taskStatus: "RUNNING",
  progress: 4000,
  result: { n: 1 },
};

describe("the conformance of waits", () => {
  it.each(Object.entries(ENDS))(
    "fails, in every case, on a driver that says %s without asking the source",
    async (kind, code) => {
      const outcome = {
        kind: kind as keyof typeof ENDS,
        task: EMPTY_TASK,
        ...(code === undefined
          ? {}
          : { error: { code, message: "the disk is full; it may still be running" } }),
      };
      const cases = waitCases(() => ({
        start: () => ({
          outcome: Promise.resolve(outcome),
          abort: () => {},
          checkpoint: () => ({ deadlineMs: 0, polls: 0 }) as never,
        }),
      }));
      expect(cases.size).toBeGreaterThan(20);
      expect(await passing(cases)).toEqual([]);
    },
  );

  it("passes, in every case, on a driver that does what it must", async () => {
    const cases = waitCases(() => plainDriver);
    expect((await passing(cases)).sort()).toEqual([...cases.keys()].sort());
  });

  it("skips what the waits of a driver do not offer, with the reason", async () => {
    const cases = waitCases(() => ({
      start: async (...given) => ({ outcome: (await plainDriver.start(...given)).outcome }),
    }));
    expect(await skipped(cases, /abort|checkpoint/)).toEqual([
      "is ended by its abort, makes no call after that, and leaves another wait alone: the waits of this driver have no abort()",
      "goes on from a checkpoint as if it had never stopped: same counts, same deadline: the waits of this driver have no abort()",
      "ends again the same way, without a call, from the checkpoint of a wait that has ended: the waits of this driver have no checkpoint()",
    ]);
  });

  it("skips with what the runner binds as `this`, as mocha does, and does not look like a test with a callback", async () => {
    const cases = waitCases(() => ({
      start: async (...given) => ({ outcome: (await plainDriver.start(...given)).outcome }),
    }));
    const skip = vi.fn();
    const body = cases.get(
      "is ended by its abort, makes no call after that, and leaves another wait alone",
    ) as Body;
    expect(body).toHaveLength(0);
    await body.call({ skip });
    expect(skip).toHaveBeenCalledOnce();
  });

  it("warns where a runner can't skip a test that runs", async () => {
    const emitWarning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const cases = waitCases(() => ({
      start: async (...given) => ({ outcome: (await plainDriver.start(...given)).outcome }),
    }));
    await cases.get("is ended by its abort, makes no call after that, and leaves another wait alone")?.();
    expect(emitWarning.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^not tested: .*abort\(\)$/),
    ]);
    emitWarning.mockRestore();
  });
});

describe("the conformance of sources", () => {
  const running = (taskId: string): Task => ({ taskId, taskStatus: "RUNNING", progress: 2500, percent: 25 });

  it("fails, in every case, on a source that answers the same to everything, or on one that refuses everything", async () => {
    const answers: MakeSource = ({ tasks }) => ({
      taskIds: tasks.map((_, index) => `t-${index}`),
      source: {
        maxIds: 1,
        describe: async (taskId) => running(taskId),
        describeMany: async ([taskId = ""]) => [running(taskId)],
        list: async () => ({ tasks: [] }),
      },
      requests: () => 0,
    });
    let calls = 0;
    const refuses: MakeSource = ({ tasks }) => ({
      taskIds: tasks.map((_, index) => `t-${index}`),
      source: {
        describe: async () => {
          calls += 2;
          throw new Error("no");
        },
        describeMany: async () => {
          throw new Error("no");
        },
        list: async () => {
          throw new Error("no");
        },
      },
      requests: () => calls,
    });
    const passed = await passing(sourceCases(answers));
    const passedToo = await passing(sourceCases(refuses));
    expect(passed.filter((name) => passedToo.includes(name))).toEqual([]);
    expect(sourceCases(answers).size).toBeGreaterThan(15);
  });

  it("skips what a source or its service does not offer, with the reason", async () => {
    const cases = sourceCases(({ tasks }) => ({
      taskIds: tasks.map((_, index) => `t-${index}`),
      source: { describe: async (taskId) => running(taskId) },
    }));
    const reasons = await skipped(
      cases,
      /exactly one call|try again|no call|lists|a listing|several tasks as/,
    );
    expect(reasons).toEqual([
      "makes exactly one call for one poll: the service of this source counts no requests()",
      "does not try again itself when the service is unavailable: the service of this source counts no requests()",
      "makes no call for a signal that is aborted already: the service of this source counts no requests()",
      "shows several tasks as it shows each alone: this source has no describeMany()",
      "makes exactly one call for several tasks: this source has no describeMany()",
      "lists every task once, page by page, and ends: this source has no list()",
      "lists the tasks of one status only, when it is asked for one: this source has no list()",
      "leaves no listener on the signal of a listing that is over: this source has no list()",
    ]);
  });
});

it("a case that does not use what it claims to test fails, and says what is missing", () => {
  expect(() => assertUsed("does this", ["start", "abort"], new Set(["start"]))).toThrow(
    'the case "does this" never used abort, so it proves nothing',
  );
});
