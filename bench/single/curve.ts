import type { Measurement } from "./measurement.ts";

type Point = Pick<Measurement, "calls" | "lateness">;

/**
 * Lateness at a number of calls, between two prices of a curve; undefined when no price reached it. Both are
 * close to power laws of the price, so it is read off a straight line between logarithms.
 */
export function latenessAt(calls: number, curve: readonly Point[]): number | undefined {
  return between(
    curve,
    calls,
    ({ calls: x }) => x,
    ({ lateness }) => lateness,
  );
}

/** Calls at a lateness, likewise. */
export function callsAt(lateness: number, curve: readonly Point[]): number | undefined {
  return between(
    curve,
    lateness,
    ({ lateness: x }) => x,
    ({ calls }) => calls,
  );
}

function between(
  curve: readonly Point[],
  x: number,
  xOf: (point: Point) => number,
  yOf: (point: Point) => number,
): number | undefined {
  const sorted = [...curve].sort((a, b) => xOf(a) - xOf(b));
  for (let i = 1; i < sorted.length; i++) {
    const [left, right] = [sorted[i - 1] as Point, sorted[i] as Point];
    if (xOf(left) <= x && x <= xOf(right)) {
      const width = Math.log(xOf(right) / xOf(left));
      const share = width === 0 ? 0 : Math.log(x / xOf(left)) / width;
      return yOf(left) * (yOf(right) / yOf(left)) ** share;
    }
  }
  return undefined;
}
