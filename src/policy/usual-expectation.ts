import { ageExpectation } from "./age-expectation.ts";
import type { Expectation } from "./expectation.ts";
import type { TypeHistory } from "./history.ts";
import { historyView } from "./history-expectation.ts";
import { mixtureExpectation } from "./mixture-expectation.ts";

/** What is expected of a task whatever its progress says: by its age, and by its type's history. */
export function usualExpectation(known: TypeHistory | undefined, age: number): Expectation {
  const byAge = ageExpectation(age);
  const view = historyView(known, age);
  return view === undefined ? byAge : mixtureExpectation(view.weight, view.expectation, byAge);
}
