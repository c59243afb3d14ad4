import * as z from "zod/mini";
import { checkOption, strictOptions } from "../options/check-options.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { printable } from "../task/printable.ts";
import { type AccessPolicy, accessPolicy } from "./access/access-policy.ts";
import { type Quota, quota } from "./access/quota.ts";
import { parseFaultFlags } from "./faults/fault-flags.ts";
import type { ConcurrentStarts, Starts } from "./world/start-plan.ts";
import {
  type ScenarioTask,
  scenarioTask,
  type TaskQuirks,
  type TaskSpec,
  taskQuirks,
  taskSpec,
} from "./world/task-spec.ts";

/** What a world is like and how its service behaves: plain JSON, so that it can be kept in a file. */
export interface Scenario {
  /** For the reader of the file. */
  readonly description?: string;
  /** Makes durations, ids and faults repeatable; default random. */
  readonly seed?: number;
  /** Divides all durations of tasks; default 1. */
  readonly speed?: number;
  /** The tasks that are there at the start. */
  readonly tasks?: readonly ScenarioTask[];
  /**
   * What becomes of the tasks that calls start; default 10 s for an update, 5 s for a check, then COMPLETE. Of a list,
   * the first is for the first task started, and the last for all further ones.
   */
  readonly starts?: Starts;
  /**
   * What a start is answered with while a task of the same type and detail has not ended: another task
   * (`separate`, the default), the id of that one (`merged`), or 409 `OperationConflict` (`refused`). The API does
   * not say.
   */
  readonly concurrentStarts?: ConcurrentStarts;
  /** Quirks of all tasks. */
  readonly quirks?: TaskQuirks;
  /** Default: no limit. */
  readonly quota?: Quota;
  /** The status of a throttled answer: 400 (default), 429, or 503 as `ServiceUnavailable`. */
  readonly throttleStatus?: 400 | 429 | 503;
  /** Whether throttled answers carry `x-acs-retry-after`; default false. */
  readonly retryAfterHeader?: boolean;
  /**
   * How an unknown task is answered; default 400 `InvalidTask.NotFound`. With `httpStatus` 200 the answer is a
   * success with empty `Data`.
   */
  readonly unknownTask?: { readonly httpStatus?: number; readonly code?: string };
  /** Whether DescribeTasks filters by `TaskType`; default true. */
  readonly taskTypeFilter?: boolean;
  /** Whether DescribeTasks tells `TotalCount`; default false. */
  readonly totalCount?: boolean;
  /** Default `shuffled`. */
  readonly order?: "shuffled" | "newest" | "oldest";
  /** How long a `NextToken` is good; default 10 min. */
  readonly nextTokenMs?: number;
  readonly ram?: AccessPolicy;
  /** How far the server's clock is ahead of ours; may be negative; default 0. */
  readonly clockSkewMs?: number;
  /** Faults by chance, such as `reset=0.02,latency=50..300`; see {@link parseFaultFlags}. */
  readonly faults?: string;
}

const flag = z.exactOptional(z.boolean());
const text = z.string().check(z.maxLength(10_000));
const startSpecs = z.union([taskSpec, z.array(taskSpec).check(z.minLength(1))]);

const settings = {
  description: z.exactOptional(text),
  seed: z.exactOptional(z.int()),
  speed: z.exactOptional(z.number().check(z.gte(0.001), z.lte(1_000_000))),
  tasks: z.exactOptional(z.array(scenarioTask)),
  starts: z.exactOptional(
    strictOptions({
      UPDATE_RESOURCES: z.exactOptional(startSpecs),
      CHECK_RULES: z.exactOptional(startSpecs),
    }),
  ),
  concurrentStarts: z.exactOptional(z.enum(["separate", "merged", "refused"])),
  quirks: z.exactOptional(taskQuirks),
  quota: z.exactOptional(quota),
  throttleStatus: z.exactOptional(z.literal([400, 429, 503])),
  retryAfterHeader: flag,
  unknownTask: z.exactOptional(
    strictOptions({
      httpStatus: z.exactOptional(z.int().check(z.gte(200), z.lte(599))),
      code: z.exactOptional(text),
    }),
  ),
  taskTypeFilter: flag,
  totalCount: flag,
  order: z.exactOptional(z.enum(["shuffled", "newest", "oldest"])),
  nextTokenMs: z.exactOptional(z.number().check(z.gte(0))),
  ram: z.exactOptional(accessPolicy),
  clockSkewMs: z.exactOptional(z.number()),
  faults: z.exactOptional(text),
} as const;
const scenarioSchema: z.ZodMiniType<Scenario> = strictOptions(settings);

/** The names of a scenario's settings. */
export const SCENARIO_NAMES: readonly string[] = Object.keys(settings);

/**
 * Reads a scenario.
 *
 * @param json - The text of a file, or what it parses to.
 * @throws `InvalidOptionError` naming the path in the scenario, the rule and the value.
 */
export function parseScenario(json: unknown): Scenario {
  return checkScenario(typeof json === "string" ? parseJson(json) : json, "scenario");
}

/** {@link parseScenario} for options of the same names. */
export function checkScenario(value: unknown, name: string): Scenario {
  const checked = checkOption(scenarioSchema, value, name);
  if (checked.faults !== undefined) {
    parseFaultFlags(checked.faults);
  }
  return checked;
}

/** The single tasks that a list with counts stands for. */
export function* expandTasks(tasks: readonly ScenarioTask[]): Generator<TaskSpec> {
  for (const { count, ...spec } of tasks) {
    if (count === undefined) {
      yield spec;
      continue;
    }
    for (let n = 1; n <= count; n += 1) {
      yield spec.taskId === undefined ? spec : { ...spec, taskId: `${spec.taskId}-${n}` };
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidOptionError(
      `scenario must be JSON: ${printable(error instanceof Error ? error.message : String(error), 200)}`,
    );
  }
}
