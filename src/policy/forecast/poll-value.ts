import type { Expectation } from "./expected-delay.ts";

/**
 * How the worth of a look at a task grows with the time since the last one: in seconds of unnoticed waiting,
 * the currency of `waitPriceMs`. It is the expected unnoticed wait `A(s) = E[(s - T)+]` in short form, so that one
 * task's costs one power to evaluate and a crowd's can be summed several times a second.
 *
 * Up to the gap `g` at which the next look is due, `A(s) = square s² + rest (s / g)^power` with
 * `rest = price - square g²`: a part that any task may end at any time, and a part that sets in where the end is
 * predicted; both values and the slope at `g` and the value at `g / 2` are those of the full mixture. Beyond, the
 * chance that it still runs decays at the rate it has at `g`.
 */
export interface PollValueCurve {
  /** The moment from which it grows, in milliseconds: the last look. */
  readonly fromMs: number;
  /** After how many milliseconds it reaches {@link PollValueCurve.price}. */
  readonly gapMs: number;
  /** In seconds. */
  readonly price: number;
  /** How likely the task has ended by then, 0 to 1: the slope there. */
  readonly ended: number;
  /** Per second. */
  readonly square: number;
  /** How late the rest sets in: 1 for evenly from the start. */
  readonly power: number;
}

const SHORTEST_GAP_MS = 1;
const MAX_POWER = 200;

/** The short form of an expectation, for a look that is worth its price after `gap` seconds. */
export function pollValueCurve(
  expectation: Expectation,
  gap: number,
  price: number,
  fromMs: number,
): PollValueCurve {
  const g = Math.max(SHORTEST_GAP_MS / 1000, gap);
  const ended = Math.min(1, Math.max(price / g, expectation.at(g).ended));
  return curve(fromMs, g, price, ended, expectation.at(g / 2).unnoticed);
}

/** How likely the task has ended by now, unnoticed. */
export function endedAt(worth: PollValueCurve, nowMs: number): number {
  const { fromMs, gapMs, ended, square, power } = worth;
  if (nowMs <= fromMs) {
    return 0;
  }
  const s = (nowMs - fromMs) / 1000;
  const g = gapMs / 1000;
  const rest = restOf(worth);
  if (s <= g) {
    return Math.min(1, 2 * square * s + ((rest * power) / g) * (s / g) ** (power - 1));
  }
  const runs = 1 - ended;
  return runs <= 0 ? 1 : 1 - runs * Math.exp((-(s - g) * slopeOfEnded(square, rest, power, g)) / runs);
}

/** What a look now is worth, in seconds. */
export function pollValueAt(worth: PollValueCurve, nowMs: number): number {
  const { fromMs, gapMs, price, ended, square, power } = worth;
  if (nowMs <= fromMs) {
    return 0;
  }
  const s = (nowMs - fromMs) / 1000;
  const g = gapMs / 1000;
  const rest = restOf(worth);
  if (s <= g) {
    return square * s * s + rest * (s / g) ** power;
  }
  const runs = 1 - ended;
  const rate = runs <= 0 ? 0 : slopeOfEnded(square, rest, power, g) / runs;
  return price + (s - g) + (rate <= 0 ? -runs * (s - g) : (runs * Math.expm1(-rate * (s - g))) / rate);
}

/**
 * What a look now is worth beyond one at `coveredMs`, which has seen the task run or is about to tell:
 * `E[(now - T)+; T > covered]`.
 */
export function pollValueSince(worth: PollValueCurve, coveredMs: number, nowMs: number): number {
  if (coveredMs <= worth.fromMs) {
    return pollValueAt(worth, nowMs);
  }
  if (coveredMs >= nowMs) {
    return 0;
  }
  const passed = (nowMs - coveredMs) / 1000;
  const left = pollValueAt(worth, nowMs) - pollValueAt(worth, coveredMs) - endedAt(worth, coveredMs) * passed;
  return Math.max(0, left);
}

const MAX_MS = 1e9;

/** When {@link pollValueSince} reaches the curve's price, in milliseconds; far in the future when it hardly does. */
export function dueSince(worth: PollValueCurve, coveredMs: number): number {
  let afterMs = worth.gapMs;
  while (afterMs < MAX_MS && pollValueSince(worth, coveredMs, coveredMs + afterMs) < worth.price) {
    afterMs *= 2;
  }
  let [low, high] = [0, afterMs];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (pollValueSince(worth, coveredMs, coveredMs + middle) < worth.price) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return coveredMs + high;
}

/** Of two views of one task's worth, the one that is due first. */
export function moreEager(
  a: PollValueCurve | undefined,
  b: PollValueCurve | undefined,
): PollValueCurve | undefined {
  return a === undefined || (b !== undefined && b.gapMs < a.gapMs) ? b : a;
}

/** A task that has surely ended, or that nobody has looked at yet: every second counts whole. */
export function certainPollValue(fromMs: number, price: number): PollValueCurve {
  const g = Math.max(SHORTEST_GAP_MS / 1000, price);
  return { fromMs, gapMs: 1000 * g, price, ended: 1, square: 0, power: 1 };
}

/** A task that nobody has looked at yet, and that is first worth it at `dueMs`. */
export function firstPollValue(startedAtMs: number, dueMs: number, price: number): PollValueCurve {
  const g = (dueMs - startedAtMs) / 1000;
  return g <= price
    ? certainPollValue(dueMs - 1000 * price, price)
    : curve(startedAtMs, g, price, Math.min(1, (2 * price) / g), price / 4);
}

function curve(fromMs: number, g: number, price: number, ended: number, half: number): PollValueCurve {
  const even = Math.min(price, Math.max(0, 4 * half));
  const rest = price - even;
  const sharp = ended * g - 2 * even;
  if (rest < 1e-3 * price || sharp <= rest) {
    // No part of it sets in late: one power tells it all.
    const power = Math.min(MAX_POWER, Math.max(1, (ended * g) / price));
    return { fromMs, gapMs: 1000 * g, price, ended, square: 0, power };
  }
  const power = Math.min(MAX_POWER, sharp / rest);
  return { fromMs, gapMs: 1000 * g, price, ended, square: even / (g * g), power };
}

/** What the part that sets in late is worth at the gap, in seconds. */
function restOf({ price, square, gapMs }: PollValueCurve): number {
  return price - square * (gapMs / 1000) ** 2;
}

/** How fast the chance to have ended grows where the look is due, per second. */
function slopeOfEnded(square: number, rest: number, power: number, g: number): number {
  return 2 * square + (rest * power * (power - 1)) / (g * g);
}
