import { answerOf, isAboutCaller } from "./classify-error.ts";

/**
 * Whom the failure of a call for several tasks concerns: all of them; perhaps one, so that calls for fewer tell the
 * others; or that is unclear, because a service in trouble and one that stumbles over one id answer alike.
 */
export type FailureScope = "all" | "one" | "unclear";

/** The scope of an error that is no throttle. */
export function scopeOf(error: Error): FailureScope {
  if (isAboutCaller(error)) {
    return "all";
  }
  const { status } = answerOf(error);
  return typeof status === "number" && status >= 500 ? "unclear" : "one";
}
