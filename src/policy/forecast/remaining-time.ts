import { endedByAge, gapByAge, HEAD_START, unnoticedByAge } from "./age-expectation.ts";
import type { Expected, SearchableExpectation } from "./expected-delay.ts";
import { type TypeHistory, trustOf } from "./history.ts";
import { expectAround } from "./logistic-expectation.ts";
import type { ProgressPrediction } from "./progress-extrapolation.ts";
import { type RunTimes, runTimesOf } from "./run-times.ts";

const MAX_WEIGHT = 0.95;
const MIN_SURVIVAL = 0.1;

/**
 * All that is expected of a running task: by what its progress predicts, as far as such tasks are trusted, and by
 * what is usual, which its age and the history of its type tell. Both functions of an expectation are linear in
 * the distribution, so the mixture's are the weighted means. It is one flat object because every decision makes one.
 *
 * Of the type's run times `D`, those count that this task has not outlived: with `a` its age and `S = P(D > a)`, they
 * have `A(s) = E[(a + s - D)+; D > a] / S`.
 *
 * History is believed as `n / (n + 1)` at first, and by Bayes' rule less when a task outlives what history
 * expected and the age rule did not: as `prior S` against `(1 - prior) other`. So `S` cancels from its part of the
 * mixture, and nothing is divided by the chance of what has hardly ever happened.
 */
export class RemainingTime implements SearchableExpectation, Expected {
  /** How far progress is believed, 0 to 1; what is usual has the rest. */
  trust: number;
  unnoticed: number = Number.NaN;
  ended: number = Number.NaN;
  readonly #age: number;
  #prediction: ProgressPrediction | undefined;
  readonly #runTimes: RunTimes | undefined;
  /** `S` */
  readonly #survived: number;
  /** How far history is believed, by `S`. */
  readonly #factor: number;

  /**
   * @param age - Seconds that the task has run.
   * @param known - Of its type.
   * @param prediction - Of its progress.
   */
  constructor(age: number, known?: TypeHistory, prediction?: ProgressPrediction) {
    this.trust = prediction === undefined ? 0 : trustOf(known);
    this.#prediction = prediction;
    this.#age = Math.max(0, age);
    this.#runTimes = runTimesOf(known?.durations);
    const n = known?.durations.length ?? 0;
    const prior = Math.min(MAX_WEIGHT, n / (n + 1));
    this.#survived = this.#runTimes?.since(this.#age, Number.POSITIVE_INFINITY).ended ?? 1;
    const other = Math.max(MIN_SURVIVAL, Math.sqrt(HEAD_START / (this.#age + HEAD_START)));
    this.#factor = prior / (prior * this.#survived + (1 - prior) * other);
  }

  /** How far history is believed in what is usual, 0 to 1; age has the rest. */
  get historyWeight(): number {
    return this.#factor * this.#survived;
  }

  /** From now on only what is usual counts. */
  forgetProgress(): void {
    this.trust = 0;
    this.#prediction = undefined;
  }

  at(s: number): this {
    const ageWeight = 1 - this.historyWeight;
    let unnoticed = ageWeight * unnoticedByAge(this.#age, s);
    let ended = ageWeight * endedByAge(this.#age, s);
    if (this.#runTimes !== undefined) {
      const since = this.#runTimes.since(this.#age, s);
      unnoticed += this.#factor * since.unnoticed;
      ended += this.#factor * since.ended;
    }
    if (this.#prediction !== undefined) {
      expectAround(this.#prediction, s, this);
      unnoticed += this.trust * (this.unnoticed - unnoticed);
      ended += this.trust * (this.ended - ended);
    }
    this.unnoticed = unnoticed;
    this.ended = ended;
    return this;
  }

  /** By progress, what the unconditioned logistic alone says: `scale softplus((s - remaining) / scale) = price`. */
  near(price: number): number {
    if (this.#prediction === undefined) {
      return gapByAge(this.#age, price);
    }
    const { remaining, scale } = this.#prediction;
    const x = price / scale;
    return Math.max(price, remaining + scale * (x + Math.log1p(-Math.exp(-x))));
  }

  beyond(price: number): number {
    return gapByAge(this.#age, price / ((1 - this.trust) * (1 - this.historyWeight)));
  }
}
