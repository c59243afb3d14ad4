import type { EndPrediction } from "./end-prediction.ts";
import {
  type Expected,
  endedByAge,
  expectAround,
  gapByAge,
  HEAD_START,
  type SearchableExpectation,
  unnoticedByAge,
} from "./expected-delay.ts";
import { reliabilityOf, type TypeHistory } from "./history.ts";
import { type RunTimes, runTimesOf } from "./run-times.ts";

const MAX_WEIGHT = 0.95;
const MIN_SURVIVAL = 0.1;

/**
 * What is expected of the remaining time of a running task. It is a mixture of three parts: the end that its progress or
 * its service predicts, weighted by the reliability of such predictions, the history of its type, and its age. Both functions of
 * an expectation are linear in the distribution, so those of the mixture are weighted means. It is one flat object
 * because every decision makes one.
 *
 * Of the type's run times `D`, only those longer than the task's age `a` count: with `S = P(D > a)`, they have
 * `A(s) = E[(a + s - D)+; D > a] / S`.
 *
 * The weight of history is `n / (n + 1)` at first. Bayes' rule lowers it when a task outlives what history expects:
 * `prior S` against `(1 - prior) other` for the age rule. So `S` cancels from its part of the mixture, and nothing is
 * divided by a chance near 0.
 */
export class RemainingTime implements SearchableExpectation, Expected {
  /** The weight of the prediction, 0 to 1; age and history share the rest. */
  predictionWeight: number;
  unnoticed: number = Number.NaN;
  ended: number = Number.NaN;
  readonly #age: number;
  #prediction: EndPrediction | undefined;
  readonly #runTimes: RunTimes | undefined;
  /** `S` */
  readonly #survived: number;
  /** The weight of history, divided by `S`. */
  readonly #factor: number;

  /**
   * @param age - Seconds that the task has run.
   * @param known - The history of its type.
   * @param prediction - From its progress, or the service's estimate.
   * @param weight - Of the prediction; by default that of its progress.
   */
  constructor(
    age: number,
    known?: TypeHistory,
    prediction?: EndPrediction,
    weight: number = reliabilityOf(known),
  ) {
    this.predictionWeight = prediction === undefined ? 0 : weight;
    this.#prediction = prediction;
    this.#age = Math.max(0, age);
    this.#runTimes = runTimesOf(known?.durations);
    const n = known?.durations.length ?? 0;
    const prior = Math.min(MAX_WEIGHT, n / (n + 1));
    this.#survived = this.#runTimes?.since(this.#age, Number.POSITIVE_INFINITY).ended ?? 1;
    const other = Math.max(MIN_SURVIVAL, Math.sqrt(HEAD_START / (this.#age + HEAD_START)));
    this.#factor = prior / (prior * this.#survived + (1 - prior) * other);
  }

  /** The weight of history beside age, 0 to 1; age has the rest. */
  get historyWeight(): number {
    return this.#factor * this.#survived;
  }

  /** From now on only age and history count. */
  dropPrediction(): void {
    this.predictionWeight = 0;
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
      unnoticed += this.predictionWeight * (this.unnoticed - unnoticed);
      ended += this.predictionWeight * (this.ended - ended);
    }
    this.unnoticed = unnoticed;
    this.ended = ended;
    return this;
  }

  /** With a prediction, the gap of the unconditioned logistic: `scale softplus((s - remaining) / scale) = price`. */
  near(price: number): number {
    if (this.#prediction === undefined) {
      return gapByAge(this.#age, price);
    }
    const { remaining, scale } = this.#prediction;
    const x = price / scale;
    return Math.max(price, remaining + scale * (x + Math.log1p(-Math.exp(-x))));
  }

  beyond(price: number): number {
    return gapByAge(this.#age, price / ((1 - this.predictionWeight) * (1 - this.historyWeight)));
  }
}
