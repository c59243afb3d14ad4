import { MIN_GAP_S } from "./end-prediction.ts";
import type { Expectation } from "./expected-delay.ts";

/**
 * The value of the next poll of a task as a function of time, in seconds of unnoticed waiting like `waitPriceMs`. It is
 * the expected unnoticed wait `A(s) = E[(s - T)+]` in short form: one power per evaluation, so that the values of
 * a fleet can be summed several times a second.
 *
 * Up to the gap `g` at which the next poll is due, `A(s) = square s² + rest (s / g)^power` with
 * `rest = price - square g²`. The first part stands for an end at any time, the second for an end near the
 * predicted moment. The value and slope at `g` and the value at `g / 2` are those of the full mixture. Beyond `g`, the
 * chance that the task still runs decays at the rate it has at `g`.
 */
export interface PollValueCurve {
  /** The moment from which it grows, in Unix milliseconds: the last poll. */
  readonly fromMs: number;
  /** After how many milliseconds it reaches {@link PollValueCurve.price}. */
  readonly gapMs: number;
  /** In seconds of unnoticed waiting. */
  readonly price: number;
  /** The chance that the task has ended by then, 0 to 1: the slope at the gap. */
  readonly ended: number;
  /** Of the part that grows evenly, per second. */
  readonly square: number;
  /** How late the rest begins to grow: 1 means evenly from the start. */
  readonly power: number;
}

const MAX_POWER = 200;

/** The short form of an expectation. The value reaches the price after `gap` seconds. */
export function pollValueCurve(
  expectation: Expectation,
  gap: number,
  price: number,
  fromMs: number,
): PollValueCurve {
  const g = Math.max(MIN_GAP_S, gap);
  const ended = Math.min(1, Math.max(price / g, expectation.at(g).ended));
  return curveThrough(fromMs, g, price, ended, expectation.at(g / 2).unnoticed);
}

/** The chance that the task has ended by now, unnoticed. */
export function endedAt(curve: PollValueCurve, nowMs: number): number {
  const { fromMs, gapMs, ended, square, power } = curve;
  if (nowMs <= fromMs) {
    return 0;
  }
  const s = (nowMs - fromMs) / 1000;
  const g = gapMs / 1000;
  const rest = restAtGap(curve);
  if (s <= g) {
    return Math.min(1, 2 * square * s + ((rest * power) / g) * (s / g) ** (power - 1));
  }
  const runs = 1 - ended;
  return runs <= 0 ? 1 : 1 - runs * Math.exp((-(s - g) * slopeOfEnded(square, rest, power, g)) / runs);
}

/** The value of a poll now, in seconds. */
export function pollValueAt(curve: PollValueCurve, nowMs: number): number {
  const { fromMs, gapMs, price, ended, square, power } = curve;
  if (nowMs <= fromMs) {
    return 0;
  }
  const s = (nowMs - fromMs) / 1000;
  const g = gapMs / 1000;
  const rest = restAtGap(curve);
  if (s <= g) {
    return square * s * s + rest * (s / g) ** power;
  }
  const runs = 1 - ended;
  const rate = runs <= 0 ? 0 : slopeOfEnded(square, rest, power, g) / runs;
  return price + (s - g) + (rate <= 0 ? -runs * (s - g) : (runs * Math.expm1(-rate * (s - g))) / rate);
}

/**
 * The value of a poll now when the state of the task at `coveredMs` is known or about to be known:
 * `E[(now - T)+; T > covered]`.
 */
export function pollValueSince(curve: PollValueCurve, coveredMs: number, nowMs: number): number {
  if (coveredMs <= curve.fromMs) {
    return pollValueAt(curve, nowMs);
  }
  if (coveredMs >= nowMs) {
    return 0;
  }
  const passed = (nowMs - coveredMs) / 1000;
  const left = pollValueAt(curve, nowMs) - pollValueAt(curve, coveredMs) - endedAt(curve, coveredMs) * passed;
  return Math.max(0, left);
}

const MAX_DUE_AFTER_MS = 1e9;
const BISECTION_STEPS = 12;

/** When {@link pollValueSince} reaches the price, in Unix milliseconds; far in the future if never. */
export function dueSince(curve: PollValueCurve, coveredMs: number, price: number = curve.price): number {
  let afterMs = curve.gapMs;
  while (afterMs < MAX_DUE_AFTER_MS && pollValueSince(curve, coveredMs, coveredMs + afterMs) < price) {
    afterMs *= 2;
  }
  let [low, high] = [0, afterMs];
  for (let step = 0; step < BISECTION_STEPS; step++) {
    const middle = (low + high) / 2;
    if (pollValueSince(curve, coveredMs, coveredMs + middle) < price) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return coveredMs + high;
}

/** Of two curves of one task, the one that is due first. */
export function moreEager(
  a: PollValueCurve | undefined,
  b: PollValueCurve | undefined,
): PollValueCurve | undefined {
  return a === undefined || (b !== undefined && b.gapMs < a.gapMs) ? b : a;
}

/** The curve of a task that has certainly ended, or was never polled: every second counts in full. */
export function certainPollValue(fromMs: number, price: number): PollValueCurve {
  const g = Math.max(MIN_GAP_S, price);
  return { fromMs, gapMs: 1000 * g, price, ended: 1, square: 0, power: 1 };
}

/** The curve of a task that was never polled and is first due at `dueMs`. */
export function firstPollValue(startedAtMs: number, dueMs: number, price: number): PollValueCurve {
  const g = (dueMs - startedAtMs) / 1000;
  return g <= price
    ? certainPollValue(dueMs - 1000 * price, price)
    : curveThrough(startedAtMs, g, price, Math.min(1, (2 * price) / g), price / 4);
}

function curveThrough(fromMs: number, g: number, price: number, ended: number, half: number): PollValueCurve {
  const even = Math.min(price, Math.max(0, 4 * half));
  const rest = price - even;
  const sharp = ended * g - 2 * even;
  if (rest < 1e-3 * price || sharp <= rest) {
    // No part begins late: one power is enough.
    const power = Math.min(MAX_POWER, Math.max(1, (ended * g) / price));
    return { fromMs, gapMs: 1000 * g, price, ended, square: 0, power };
  }
  const power = Math.min(MAX_POWER, sharp / rest);
  return { fromMs, gapMs: 1000 * g, price, ended, square: even / (g * g), power };
}

/** The part that begins late, at the gap, in seconds. */
function restAtGap({ price, square, gapMs }: PollValueCurve): number {
  return price - square * (gapMs / 1000) ** 2;
}

/** How fast the chance that the task has ended grows at the gap, per second. */
function slopeOfEnded(square: number, rest: number, power: number, g: number): number {
  return 2 * square + (rest * power * (power - 1)) / (g * g);
}
