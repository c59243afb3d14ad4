import { FULL_PROGRESS } from "../../task/parse-task.ts";
import type { Scalar } from "../expression/expression.ts";

/**
 * How far a task has come, in hundredths of a percent: from a number or a text such as `"40%"`, of `of`. Less than 0
 * counts as absent, more than `of` as all.
 */
export function readProgress(value: Scalar | undefined, of: Scalar | undefined): number | undefined {
  const done = readNumber(value);
  const all = readNumber(of);
  if (done === undefined || all === undefined || done < 0 || all <= 0) {
    return undefined;
  }
  return Math.round(Math.min(1, done / all) * FULL_PROGRESS);
}

/** A number, or a text that is one, perhaps with a percent sign. */
export function readNumber(value: Scalar | undefined): number | undefined {
  if (typeof value === "number") {
    return value;
  }
  const match =
    typeof value === "string" && value.length <= 40 ? /^\s*(-?\d+(?:\.\d+)?)\s*%?\s*$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]);
}
