import * as z from "zod/mini";
import { strictOptions } from "../../options/check-options.ts";
import { noiseAt } from "./random.ts";

const share = z.number().check(z.gte(0), z.lte(1));

const modelKinds = z.discriminatedUnion("kind", [
  strictOptions({ kind: z.literal("linear") }),
  strictOptions({ kind: z.literal("noisy"), amplitude: z.exactOptional(share) }),
  strictOptions({
    kind: z.literal("steps"),
    count: z.exactOptional(z.int().check(z.gte(1), z.lte(10_000))),
  }),
  strictOptions({ kind: z.literal("stages"), count: z.exactOptional(z.int().check(z.gte(1), z.lte(100))) }),
  strictOptions({ kind: z.literal("stall"), at: z.exactOptional(share), share: z.exactOptional(share) }),
  strictOptions({
    kind: z.literal("slowTail"),
    power: z.exactOptional(z.number().check(z.gte(1), z.lte(20))),
  }),
  strictOptions({ kind: z.literal("restart"), at: z.exactOptional(share) }),
  strictOptions({ kind: z.literal("stuck"), at: z.exactOptional(share) }),
  strictOptions({ kind: z.literal("none") }),
]);

const modelNames = z.enum([
  "linear",
  "noisy",
  "steps",
  "stages",
  "stall",
  "slowTail",
  "restart",
  "stuck",
  "none",
]);

/**
 * How a task's `Progress` grows while it runs, by kind; all figures are shares from 0 to 1.
 *
 * - `linear`: with the time.
 * - `noisy`: `linear` give or take `amplitude` (0.05), so that it also goes back.
 * - `steps`: in `count` (4) equal jumps.
 * - `stages`: `count` (3) stages of equal progress and very unequal length.
 * - `stall`: stands still at `at` (0.6) for `share` (0.3) of the time.
 * - `slowTail`: quick first, then ever slower; `power` is 3.
 * - `restart`: falls back to 0 at `at` (0.6) of the time and grows again.
 * - `stuck`: linear as far as `at` (0.37), and there it stays until the end.
 * - `none`: the field is absent.
 */
export type ProgressModel =
  | { readonly kind: "linear" }
  | { readonly kind: "noisy"; readonly amplitude?: number }
  | { readonly kind: "steps"; readonly count?: number }
  | { readonly kind: "stages"; readonly count?: number }
  | { readonly kind: "stall"; readonly at?: number; readonly share?: number }
  | { readonly kind: "slowTail"; readonly power?: number }
  | { readonly kind: "restart"; readonly at?: number }
  | { readonly kind: "stuck"; readonly at?: number }
  | { readonly kind: "none" };

/** A {@link ProgressModel}, or just its kind. */
export type ProgressModelInput = ProgressModel | ProgressModel["kind"];

/**
 * Reads a {@link ProgressModelInput}.
 *
 * @internal
 */
export const progressModelInput: z.ZodMiniType<ProgressModelInput> = z.union([modelNames, modelKinds]);

/** The share of the work that a task reports. */
export function progressShare(model: ProgressModel, timeShare: number, seed: number): number | undefined {
  const x = Math.min(1, Math.max(0, timeShare));
  switch (model.kind) {
    case "linear":
      return x;
    case "noisy":
      return clamp(x + (noiseAt(seed, Math.floor(x * 50)) * 2 - 1) * (model.amplitude ?? 0.05));
    case "steps": {
      const count = model.count ?? 4;
      return Math.floor(x * count) / count;
    }
    case "stages":
      return stagesShare(x, model.count ?? 3, seed);
    case "stall": {
      const at = model.at ?? 0.6;
      // With no time left to move in, all of it is the stall.
      const moving = Math.max(1e-9, 1 - (model.share ?? 0.3));
      const reached = x / moving;
      return reached <= at ? reached : clamp(Math.max(at, (x - (1 - moving)) / moving));
    }
    case "slowTail":
      return 1 - (1 - x) ** (model.power ?? 3);
    case "restart": {
      const at = model.at ?? 0.6;
      return x < at ? x : clamp((x - at) / Math.max(1e-9, 1 - at));
    }
    case "stuck":
      return Math.min(x, model.at ?? 0.37);
    case "none":
      return undefined;
  }
}

function stagesShare(x: number, count: number, seed: number): number {
  const lengths = Array.from({ length: count }, (_, stage) => 0.05 + noiseAt(seed, stage) ** 3);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let begin = 0;
  for (const [stage, length] of lengths.entries()) {
    const end = begin + length / total;
    if (x < end) {
      return (stage + (x - begin) / (end - begin)) / count;
    }
    begin = end;
  }
  return 1;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
