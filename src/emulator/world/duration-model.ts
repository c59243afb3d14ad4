import * as z from "zod/mini";
import { strictOptions } from "../../options/check-options.ts";
import { DAY_MS } from "../../options/named-durations.ts";
import type { Random } from "./random.ts";

const YEAR_MS = 365 * DAY_MS;
/**
 * A number of milliseconds as options and scenarios give it.
 *
 * @internal
 */
export const milliseconds: z.ZodMiniType<number> = z.number().check(z.gte(0), z.lte(YEAR_MS));

const spread = z.discriminatedUnion("kind", [
  strictOptions({ kind: z.literal("uniform"), minMs: milliseconds, maxMs: milliseconds }),
  strictOptions({ kind: z.literal("exponential"), meanMs: milliseconds }),
  strictOptions({
    kind: z.literal("lognormal"),
    medianMs: milliseconds,
    sigma: z.number().check(z.gte(0), z.lte(5)),
  }),
]);

/**
 * How long something takes: milliseconds, `"never"` for something that does not end by itself, or a
 * distribution to draw from (`uniform`, `exponential`, or `lognormal`, whose `sigma` is that of the logarithm).
 */
export type DurationModel =
  | number
  | "never"
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number }
  | { readonly kind: "lognormal"; readonly medianMs: number; readonly sigma: number };

/**
 * Reads a {@link DurationModel}.
 *
 * @internal
 */
export const durationModel: z.ZodMiniType<DurationModel> = z.union([
  milliseconds,
  z.literal("never"),
  spread,
]);

/** Draws a duration, in milliseconds; `Infinity` for `"never"`. */
export function drawDurationMs(model: DurationModel, random: Random): number {
  if (model === "never") {
    return Number.POSITIVE_INFINITY;
  }
  if (typeof model === "number") {
    return model;
  }
  switch (model.kind) {
    case "uniform":
      return model.minMs + random() * (model.maxMs - model.minMs);
    case "exponential":
      return -Math.log(1 - random()) * model.meanMs;
    case "lognormal":
      return model.medianMs * Math.exp(model.sigma * standardNormal(random));
  }
}

function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
