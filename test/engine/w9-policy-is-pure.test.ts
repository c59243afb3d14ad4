import { afterEach, describe, expect, it, vi } from "vitest";
import { beginWait, decide, decideTimeout, type Observation, resolveWaitOptions } from "../../src/index.ts";
import {
  AccessDeniedError,
  InvalidOptionError,
  TaskNotFoundError,
  UnreachableError,
} from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { ID } from "./fake-time.ts";

const BEGAN_MS = Date.UTC(2026, 0, 1);

const OBSERVATIONS: [string, Observation][] = [
  [
    "a task",
    {
      kind: "task",
      task: parseTask({ taskId: ID, taskStatus: "RUNNING", progress: 500, startTime: 1_767_225_000 }),
    },
  ],
  ["an end", { kind: "task", task: parseTask({ taskId: ID, taskStatus: "FAILED", errorMessage: "full" }) }],
  ["throttling", { kind: "throttled", error: new Error("slow"), retryAfterMs: 500 }],
  ["a fault", { kind: "transient", error: new UnreachableError("refused") }],
  ["not found", { kind: "notFound", error: new TaskNotFoundError("no") }],
  ["a denial", { kind: "denied", error: new AccessDeniedError("no") }],
  ["a call that is never taken", { kind: "permanent", error: new InvalidOptionError("no") }],
];

function forbid(): void {
  const no = (name: string) => () => {
    throw new Error(`${name} was used`);
  };
  vi.spyOn(Date, "now").mockImplementation(no("Date.now"));
  vi.spyOn(performance, "now").mockImplementation(no("performance.now"));
  vi.spyOn(Math, "random").mockImplementation(no("Math.random"));
  vi.spyOn(globalThis, "setTimeout").mockImplementation(no("setTimeout") as never);
  vi.spyOn(globalThis, "queueMicrotask").mockImplementation(no("queueMicrotask"));
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("W9: the policy is pure", () => {
  const options = resolveWaitOptions({ timeout: "1h" });
  const state = beginWait(ID, { nowMs: BEGAN_MS, options });

  it.each(OBSERVATIONS)(
    "given %s it reaches for no clock, no timer and no chance of its own",
    (_, observation) => {
      const context = { nowMs: BEGAN_MS + 90_000, random: () => 0.25, options, callMs: 80 };
      forbid();
      const [one, two] = [decide(state, observation, context), decide(state, observation, context)];
      decideTimeout(state, BEGAN_MS + 1e9);
      vi.restoreAllMocks();
      expect(one.state).toEqual(two.state);
      expect(one.events.map(({ name }) => name)).toEqual(two.events.map(({ name }) => name));
    },
  );

  it.each(OBSERVATIONS)("given %s it changes neither the state nor the observation", (_, observation) => {
    const before = structuredClone(state);
    Object.freeze(state);
    Object.freeze(options);
    decide(state, Object.freeze(observation), { nowMs: BEGAN_MS + 90_000, random: () => 0.25, options });
    expect(state).toEqual(before);
  });

  it("what chance there is comes as an argument, and moves a delay by a tenth at most", () => {
    const observation = OBSERVATIONS[0]?.[1] as Observation;
    const delays = [0, 0.25, 0.5, 0.75, 1 - 2 ** -53].map((chance) => {
      const decision = decide(state, observation, { nowMs: BEGAN_MS + 1000, random: () => chance, options });
      return decision.kind === "poll" ? decision.delayMs : Number.NaN;
    });
    const middle = delays[2] ?? Number.NaN;
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(new Set(delays).size).toBe(delays.length);
    expect(delays[0]).toBeGreaterThanOrEqual(0.9 * middle);
    expect(delays[4]).toBeLessThanOrEqual(1.1 * middle);
  });

  it("its loop does nothing by itself: a decision is a value, and its delay may be ignored", () => {
    const observation = OBSERVATIONS[0]?.[1] as Observation;
    const first = decide(state, observation, { nowMs: BEGAN_MS, random: () => 0.5, options });
    const early = decide(first.state, observation, { nowMs: BEGAN_MS + 1, random: () => 0.5, options });
    const late = decide(first.state, observation, {
      nowMs: BEGAN_MS + 3_000_000,
      random: () => 0.5,
      options,
    });
    expect([first.kind, early.kind, late.kind]).toEqual(["poll", "poll", "poll"]);
  });
});
