import { parseDurationMs } from "../options/duration.ts";
import type { SourceLimits } from "../task/source.ts";
import type { TaskApi } from "./format/task-api.ts";

const UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** What a declaration documents of the service's limits: `"200/60s"` as calls per second. */
export function documentedLimits({ limits }: TaskApi): SourceLimits {
  const [, calls = "", amount = "1", unit = "s"] = /^(\d+)\/(\d*)([smh])$/.exec(limits?.quota ?? "") ?? [];
  const seconds = Number(amount === "" ? 1 : amount) * (UNITS_S[unit] ?? 1);
  return {
    ...(calls === "" ? {} : { perSecond: Number(calls) / seconds }),
    ...(limits?.minInterval === undefined
      ? {}
      : { minIntervalMs: parseDurationMs(limits.minInterval, "limits.minInterval") }),
  };
}
