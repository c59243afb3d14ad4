import type { OutcomeOf } from "../task/outcome.ts";

/** An attempt whose task failed because the service was busy, while another may follow. */
export class BusyAttempt extends Error {
  override readonly name = "BusyAttempt";
  readonly outcome: OutcomeOf<"failed">;

  constructor(outcome: OutcomeOf<"failed">) {
    super("the service was busy");
    this.outcome = outcome;
  }
}
