import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide } from "../../src/policy/decide/decide.ts";
import { canRetryAtOnce, countImmediateRetry } from "../../src/policy/decide/immediate-retry.ts";
import { observeError } from "../../src/policy/observe/observe.ts";
import type { Decision } from "../../src/policy/state/decision.ts";
import { type ResolvedWaitOptions, resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import type { WaitState } from "../../src/policy/state/wait-state.ts";
import { BdrcApiError, ProtocolError, TaskNotFoundError, UnreachableError } from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_ID } from "./observations.ts";

const BEGAN_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const refused = () => observeError(new UnreachableError("the connection was refused"));
const maintenance = (retryAfterMs?: number) =>
  observeError(
    new BdrcApiError("down", {
      httpStatus: 503,
      apiCode: "ServiceUnavailable",
      ...(retryAfterMs === undefined ? {} : { retryAfterMs, maintenance: true }),
    }),
  );
const throttled = (retryAfterMs?: number) =>
  observeError(
    new BdrcApiError("slow", {
      httpStatus: 429,
      apiCode: "Throttling",
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }),
  );
const missing = () => observeError(new TaskNotFoundError("no such task"));
const running = { kind: "task", task: parseTask({ taskId: TASK_ID, taskStatus: "RUNNING" }) } as const;

/** A driver whose calls take no time unless said, and which polls when it is told to. */
class Driver {
  nowMs = BEGAN_MS;
  state: WaitState;
  last: Decision | undefined;
  readonly options: ResolvedWaitOptions;

  constructor(options: Partial<ResolvedWaitOptions> = {}) {
    this.options = { ...resolveWaitOptions({ timeout: "1d" }), ...options };
    this.state = beginWait(TASK_ID, { nowMs: this.nowMs, options: this.options });
  }

  poll(observation: Parameters<typeof decide>[1], callMs = 0, chance = 0.5): Decision {
    this.nowMs = Math.max(this.nowMs, this.state.nextPollAtMs) + callMs;
    const context = { nowMs: this.nowMs, random: () => chance, options: this.options, callMs };
    this.last = decide(this.state, observation, context);
    this.state = this.last.state;
    return this.last;
  }

  /** Polls until the wait settles; returns how long that took, in milliseconds. */
  until(observation: Parameters<typeof decide>[1]): number {
    const startMs = this.nowMs;
    for (let polls = 0; polls < 10_000 && this.poll(observation).kind === "poll"; polls++) {}
    return this.nowMs - startMs;
  }

  get outcome(): string {
    return this.last?.kind === "settle" ? this.last.outcome.kind : "goes on";
  }
}

function delayOf(decision: Decision): number {
  return decision.kind === "poll" ? decision.delayMs : Number.NaN;
}

describe("the outage budget", () => {
  it.each([
    ["a refused connection", refused],
    ["an answer that is not as documented", () => observeError(new ProtocolError("odd"))],
    ["maintenance", () => maintenance()],
    ["maintenance that names its end", () => maintenance(20_000)],
    ["maintenance that names an end far away", () => maintenance(24 * HOUR_MS)],
  ])("is spent exactly by %s", (_, observe) => {
    const driver = new Driver();
    expect(driver.until(observe())).toBe(5 * MINUTE_MS);
    expect(driver.outcome).toBe("unreachable");
  });

  it("is not spent by throttling, nor by answers that do not know the task", () => {
    expect([new Driver({ timeoutMs: HOUR_MS }).until(throttled()), "timedOut"]).toEqual([
      HOUR_MS,
      "timedOut",
    ]);
    const unknown = new Driver({ notFoundGraceMs: HOUR_MS });
    expect([unknown.until(missing()), unknown.outcome]).toEqual([HOUR_MS, "notFound"]);
  });

  it("begins again with each usable answer", () => {
    for (const answer of [running, throttled(), missing()]) {
      const driver = new Driver({ notFoundGraceMs: HOUR_MS });
      for (let round = 0; round < 20; round++) {
        driver.poll(refused());
        driver.poll(refused());
        driver.poll(answer);
      }
      expect(driver.outcome).toBe("goes on");
      expect(driver.until(refused())).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    }
  });

  it("does not count the time before the first failed call, in which nobody asked", () => {
    const driver = new Driver();
    driver.poll(running);
    driver.nowMs += HOUR_MS;
    driver.poll(refused());
    expect(driver.outcome).toBe("goes on");
  });

  it("counts a failed call for its own time limit at most, when the process was suspended in it", () => {
    const driver = new Driver();
    driver.poll(running);
    driver.poll(refused(), HOUR_MS);
    expect(driver.outcome).toBe("goes on");
    expect(driver.state.contactAtMs).toBe(driver.nowMs - 10_000);
    driver.poll(refused(), HOUR_MS);
    expect(driver.outcome).toBe("goes on");
    expect(driver.until(refused())).toBeLessThan(5 * MINUTE_MS);
    expect(driver.outcome).toBe("unreachable");
  });

  it("counts a call within its limit in full", () => {
    const driver = new Driver();
    driver.poll(refused(), 8000);
    expect(driver.state.contactAtMs).toBe(driver.nowMs - 8000);
    const before = driver.state.contactAtMs;
    driver.poll(refused(), 9000);
    expect(driver.state.contactAtMs).toBe(before);
  });

  it("asks once more when it ends, also where that is sooner than the service asked for", () => {
    const driver = new Driver({ outageBudgetMs: 12_000 });
    expect(delayOf(driver.poll(maintenance(60_000)))).toBe(12_000);
  });
});

describe("after a fault", () => {
  it("the delays double from 1 s to 30 s", () => {
    const driver = new Driver();
    const delays = Array.from({ length: 8 }, () => delayOf(driver.poll(refused())));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("they are those of throttling, too, which are counted by themselves", () => {
    const driver = new Driver();
    const delays = [throttled(), throttled(), refused(), refused(), throttled(), refused()].map(
      (observation) => delayOf(driver.poll(observation)),
    );
    expect(delays).toEqual([1000, 2000, 1000, 2000, 1000, 1000]);
  });

  it("the delay is what the service asked for, when that is longer", () => {
    expect(delayOf(new Driver().poll(maintenance(20_000), 0, 0))).toBe(20_000);
    expect(delayOf(new Driver().poll(throttled(20_000), 0, 0))).toBe(20_000);
    expect(delayOf(new Driver().poll(throttled(20_000), 0, 1))).toBeCloseTo(22_000, 6);
    expect(delayOf(new Driver().poll(throttled(50)))).toBe(1000);
  });

  it("is never longer than maxIntervalMs, whatever the service asks for", () => {
    for (const askedMs of [MINUTE_MS, 290_000, 5 * MINUTE_MS, 20 * MINUTE_MS, 24 * HOUR_MS]) {
      for (const chance of [0, 0.5, 0.999]) {
        const delayMs = delayOf(new Driver().poll(throttled(askedMs), 0, chance));
        expect(delayMs).toBeLessThanOrEqual(5 * MINUTE_MS);
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(askedMs, 0.9 * 5 * MINUTE_MS));
      }
    }
    const spread = [0, 0.999].map((chance) => delayOf(new Driver().poll(throttled(HOUR_MS), 0, chance)));
    expect(spread).toEqual([300_000, expect.closeTo(270_000, -3)]);
    expect(delayOf(new Driver().poll(throttled(5 * MINUTE_MS), 0, 0.999))).toBeCloseTo(270_000, -3);
  });

  it("is told as an event, with how many failed in a row", () => {
    const driver = new Driver();
    driver.poll(refused());
    const { error } = refused();
    expect(driver.poll(refused()).events).toEqual([
      { name: "retry", payload: { taskId: TASK_ID, error, failures: 2, nextPollMs: 2000 } },
    ]);
    const slow = throttled(3000);
    expect(driver.poll(slow, 0, 0).events).toEqual([
      {
        name: "throttled",
        payload: { taskId: TASK_ID, error: slow.error, retryAfterMs: 3000, nextPollMs: 3000 },
      },
    ]);
  });

  it("is told without a pause that nobody asked for", () => {
    const { error } = throttled();
    const [event] = new Driver().poll(observeError(error)).events;
    expect(event?.payload).toStrictEqual({ taskId: TASK_ID, error, nextPollMs: 1000 });
  });

  it("is told with the rate that the driver allows, where it is known", () => {
    const { state, nowMs, options } = new Driver();
    const { events } = decide(state, throttled(), { nowMs, options, random: () => 0.5, ratePerSecond: 4 });
    expect(events).toMatchObject([{ payload: { ratePerSecond: 4, nextPollMs: 1000 } }]);
  });
});

describe("a retry at once", () => {
  const broken = (code: string) =>
    observeError(new UnreachableError("no answer", { cause: Object.assign(new Error("below"), { code }) }));
  const corrected = (resend: boolean) =>
    observeError(new BdrcApiError("date", { httpStatus: 500, apiCode: "Clock", resend }));

  it.each([
    [
      "a connection that broke",
      () => [broken("ECONNRESET"), broken("EPIPE"), broken("UND_ERR_SOCKET")],
      true,
    ],
    ["a call that the client has corrected", () => [corrected(true)], true],
    [
      "any other fault",
      () => [refused(), broken("ECONNREFUSED"), broken("XECONNRESETX"), corrected(false)],
      false,
    ],
    ["what is no fault", () => [running, throttled(), missing()], false],
  ])("follows %s or not", (_, observe, can) => {
    const observations = observe();
    expect(observations.map(canRetryAtOnce)).toEqual(observations.map(() => can));
  });

  it("counts as a failed poll, from when the first of them was sent", () => {
    const { state, nowMs } = new Driver();
    const error = new UnreachableError("reset");
    const first = countImmediateRetry(state, { error, calledAtMs: nowMs + 500, delayMs: 100 });
    expect(first.state).toMatchObject({ polls: 1, failures: 1, failuresInARow: 1, contactAtMs: nowMs + 500 });
    expect(first.events).toEqual([
      { name: "retry", payload: { taskId: TASK_ID, error, failures: 1, nextPollMs: 100 } },
    ]);
    const second = countImmediateRetry(first.state, { error, calledAtMs: nowMs + 900, delayMs: 200 });
    expect(second.state).toMatchObject({ polls: 2, failuresInARow: 2, contactAtMs: nowMs + 500 });
  });
});
