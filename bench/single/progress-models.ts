import { normal, type Random } from "./seeded.ts";

/** How one task's progress is: a share between 0 and 1 of the share `u` of its run time that is over. */
export type ProgressCurve = (u: number, duration: number) => number;

/** Draws a curve for one task. */
export type ProgressModel = (random: Random) => ProgressCurve;

/** All of them show what a service might; `none` shows nothing. */
export const PROGRESS_MODELS = {
  none: undefined,
  linear: () => (u) => u,
  noisy: (random) => pieces(Array.from({ length: 20 }, () => Math.exp(0.7 * normal(random)))),
  step10: () => (u) => Math.floor(10 * u) / 10,
  stages: (random) => {
    const curve = pieces(Array.from({ length: 5 }, () => Math.exp(normal(random))));
    return (u, duration) => Math.floor(5 * curve(u, duration) + 1e-9) / 5;
  },
  stall: (random) => {
    const length = 0.3 + 0.2 * random();
    const from = random() * (1 - length);
    return (u) => (u < from ? u : u < from + length ? from : u - length) / (1 - length);
  },
  slowtail: () => (u) => (u < 0.5 ? 1.9 * u : 0.95 + 0.1 * (u - 0.5)),
  fasttail: () => (u) => u * u,
  stuck99: (random) => {
    const stuckFrom = 0.6 + 0.3 * random();
    return (u) => Math.min(0.99, (0.99 * u) / stuckFrom);
  },
  lag5: () => (u, duration) => (Math.floor((u * duration) / 5) * 5) / duration,
  early: (random) => {
    const shown = 0.2 + 0.7 * random();
    return (u) => u * shown;
  },
  restart: (random) => {
    const at = 0.3 + 0.4 * random();
    return (u) => (u < at ? u : (u - at) / (1 - at));
  },
} as const satisfies Readonly<Record<string, ProgressModel | undefined>>;

/** The names of the progress models. */
export type ProgressName = keyof typeof PROGRESS_MODELS;

/** Equal pieces of work that take these shares of the time. */
function pieces(weights: readonly number[]): ProgressCurve {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (u) => {
    let left = u * total;
    for (const [index, weight] of weights.entries()) {
      if (left < weight) {
        return (index + left / weight) / weights.length;
      }
      left -= weight;
    }
    return 1;
  };
}
