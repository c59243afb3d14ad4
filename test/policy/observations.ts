import fc from "fast-check";
import { type Observation, observeError } from "../../src/policy/observe/observe.ts";
import type { ResolvedWaitOptions } from "../../src/policy/state/wait-options.ts";
import {
  AccessDeniedError,
  BdrcApiError,
  InvalidOptionError,
  TaskNotFoundError,
  UnreachableError,
} from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { TASK_STATUSES } from "../../src/task/status.ts";

export const TASK_ID = "t-0000e4w0u1v592zdf6s7";

/** What a test does between two polls: the poll's answer, how long it took, how late it was made. */
export interface Step {
  readonly observation: Observation;
  readonly callMs: number;
  readonly lateMs: number;
  readonly chance: number;
}

// Halves of a millisecond: what a clock that counts from 1970 can tell apart without rounding.
const duration = (max: number, min = 0) =>
  fc.integer({ min: 2 * min, max: 2 * max }).map((halves) => halves / 2);

const open = fc.constantFrom("CREATED", "RUNNING", "RUNNING", "PAUSED", "");

const statuses = fc.oneof(
  { weight: 12, arbitrary: open.filter((status) => status !== "") },
  { weight: 1, arbitrary: fc.constantFrom(...TASK_STATUSES) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 20 }) },
);

const tasks: fc.Arbitrary<Observation> = fc
  .record(
    {
      taskStatus: statuses,
      taskType: fc.constantFrom("CHECK_RULES", "UPDATE_RESOURCES", "\u001b[2J"),
      progress: fc.oneof(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.constantFrom(0, 10_000, 1000, 2000),
      ),
      errorMessage: fc.string({ maxLength: 30 }),
      startTime: fc.integer({ min: 0, max: 4_000_000_000 }),
      completeTime: fc.integer({ min: 0, max: 4_000_000_000 }),
      expireTime: fc.integer({ min: 0, max: 4_000_000_000 }),
      taskResult: fc.constantFrom("{}", "not JSON", "[1,2]"),
    },
    { requiredKeys: ["taskStatus"] },
  )
  .map((fields) => ({ kind: "task", task: parseTask({ taskId: TASK_ID, ...fields }) }));

const faults: fc.Arbitrary<Observation> = fc
  .oneof(
    fc.constant(new UnreachableError("refused")),
    fc.constant(new TypeError("fetch failed")),
    fc.constant(new TaskNotFoundError("no such task")),
    fc.constant("thrown text"),
    fc.constant(undefined),
    fc
      .record({
        httpStatus: fc.constantFrom(200, 400, 429, 500, 503),
        retryAfterMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      })
      .map((details) => new BdrcApiError("slow", { apiCode: "Throttling.User", ...details })),
  )
  .map(observeError);

const final: fc.Arbitrary<Observation> = fc
  .constantFrom(new AccessDeniedError("no"), new InvalidOptionError("no"))
  .map(observeError);

const observations: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 10, arbitrary: tasks },
  { weight: 6, arbitrary: faults },
  { weight: 1, arbitrary: final },
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    observation: observations,
    callMs: fc.oneof(fc.constant(0), duration(20_000)),
    lateMs: fc.oneof(fc.constant(0), duration(100_000)),
    chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Options as a caller may give them: only what can't be refused. */
export const options: fc.Arbitrary<ResolvedWaitOptions> = fc
  .record({
    timeoutMs: duration(24 * 3_600_000),
    pollTimeoutMs: duration(60_000, 1),
    waitPriceMs: duration(600_000, 1),
    minIntervalMs: duration(600_000),
    maxIntervalMs: duration(3_600_000, 1),
    outageBudgetMs: duration(3_600_000),
    notFoundGraceMs: duration(600_000),
  })
  .map((all) => ({ ...all, minIntervalMs: Math.min(all.minIntervalMs, all.maxIntervalMs) }));
