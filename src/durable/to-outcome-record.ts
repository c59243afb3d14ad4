import { outcomeFields } from "../task/event-record.ts";
import type { Outcome } from "../task/outcome.ts";
import type { OutcomeRecord } from "./outcome-record.ts";

/** Turns an outcome into plain JSON. */
export function toOutcomeRecord(outcome: Outcome): OutcomeRecord {
  const { outcome: kind, task, error } = outcomeFields(outcome);
  return {
    kind,
    ...(task === undefined ? {} : { task }),
    ...(error === undefined ? {} : { error }),
  };
}
