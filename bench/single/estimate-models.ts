import { normal, type Random } from "./seeded.ts";

/** How a service estimates one task's remaining time, in seconds, with `left` of `duration` seconds to go. */
export type Estimator = (left: number, duration: number) => number;

/** Draws an estimator for one task. */
export type EstimateModel = (random: Random) => Estimator;

/** All of them show what a service might. */
export const ESTIMATE_MODELS = {
  exact: () => (left) => left,
  // Off by a factor that stays, and by one that changes at every poll.
  rough: (random) => {
    const bias = Math.exp(0.3 * normal(random));
    return (left) => left * bias * Math.exp(0.1 * normal(random));
  },
  minutes: () => (left) => 60 * Math.ceil(left / 60),
  // As the average task, until that is over.
  usual: (random) => {
    const usual = Math.exp(0.5 * normal(random));
    return (left, duration) => Math.max(0, usual * duration - (duration - left));
  },
  double: () => (left) => 2 * left,
  half: () => (left) => left / 2,
  soon: () => () => 5,
  zero: () => () => 0,
  never: () => () => 86_400,
} as const satisfies Readonly<Record<string, EstimateModel>>;

/** The names of the models. */
export type EstimateName = keyof typeof ESTIMATE_MODELS;
