/**
 * How the worth of a look at a task grows with the time since the last one: in seconds of unnoticed waiting,
 * the currency of `waitPriceMs`. It is the expected unnoticed wait `A(s) = E[(s - T)+]`, kept as the power law
 * that has the right value and the right slope where the next look is due, and that grows by a second a second
 * once the task is certain to have ended. So one task's worth costs one power to evaluate, and a crowd's can be
 * summed several times a second.
 */
export interface WorthCurve {
  /** The moment from which it grows, in milliseconds: the last look. */
  readonly fromMs: number;
  /** After how many milliseconds it reaches {@link WorthCurve.price}. */
  readonly gapMs: number;
  /** In seconds. */
  readonly price: number;
  /** How likely the task has ended by then, 0 to 1: the slope there. */
  readonly ended: number;
}

const SHORTEST_GAP_MS = 1;

/** How likely the task has ended by now, unnoticed. */
export function endedAt({ fromMs, gapMs, price, ended }: WorthCurve, nowMs: number): number {
  if (nowMs <= fromMs) {
    return 0;
  }
  const u = (nowMs - fromMs) / gapMs;
  const power = powerOf(gapMs, price, ended);
  return Math.min(1, ended * u ** (power - 1));
}

/** What a look now is worth, in seconds. */
export function worthAt({ fromMs, gapMs, price, ended }: WorthCurve, nowMs: number): number {
  if (nowMs <= fromMs) {
    return 0;
  }
  const s = (nowMs - fromMs) / 1000;
  const power = powerOf(gapMs, price, ended);
  const slope = ended * ((1000 * s) / gapMs) ** (power - 1);
  if (slope <= 1) {
    return (slope * s) / power;
  }
  const certain = (gapMs / 1000) * (1 / ended) ** (1 / (power - 1));
  return certain / power + (s - certain);
}

/**
 * What a look now is worth beyond one at `coveredMs`, which has seen the task run or is about to tell:
 * `E[(now - T)+; T > covered]`.
 */
export function worthSince(curve: WorthCurve, coveredMs: number, nowMs: number): number {
  if (coveredMs <= curve.fromMs) {
    return worthAt(curve, nowMs);
  }
  if (coveredMs >= nowMs) {
    return 0;
  }
  const passed = (nowMs - coveredMs) / 1000;
  const rest = worthAt(curve, nowMs) - worthAt(curve, coveredMs) - endedAt(curve, coveredMs) * passed;
  return Math.max(0, rest);
}

/** When {@link worthSince} reaches the curve's price, in milliseconds. */
export function dueSince(curve: WorthCurve, coveredMs: number): number {
  let afterMs = curve.gapMs;
  while (worthSince(curve, coveredMs, coveredMs + afterMs) < curve.price) {
    afterMs *= 2;
  }
  let [low, high] = [0, afterMs];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (worthSince(curve, coveredMs, coveredMs + middle) < curve.price) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return coveredMs + high;
}

/** Of two views of one task's worth, the one that is due first. */
export function moreEager(a: WorthCurve | undefined, b: WorthCurve | undefined): WorthCurve | undefined {
  return a === undefined || (b !== undefined && b.gapMs < a.gapMs) ? b : a;
}

/** A task that has surely ended, or that nobody has looked at yet: every second counts whole. */
export function certainWorth(fromMs: number, price: number): WorthCurve {
  return { fromMs, gapMs: Math.max(SHORTEST_GAP_MS, 1000 * price), price, ended: 1 };
}

/** A task that nobody has looked at yet, and that is first worth it at `dueMs`. */
export function firstWorth(startedAtMs: number, dueMs: number, price: number): WorthCurve {
  const gapMs = dueMs - startedAtMs;
  return gapMs <= 1000 * price
    ? certainWorth(dueMs - 1000 * price, price)
    : { fromMs: startedAtMs, gapMs, price, ended: Math.min(1, (2000 * price) / gapMs) };
}

/** `d ln A / d ln s` where the look is due; 1 is a straight line. */
function powerOf(gapMs: number, price: number, ended: number): number {
  return Math.max(1, Math.min(200, (ended * gapMs) / (1000 * price)));
}
