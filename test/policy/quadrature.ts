/** The integral of `f` from 0 to `to`, by Simpson's rule on pieces that are short where `f` may bend. */
export function integrate(f: (x: number) => number, to: number, bend: number, width: number): number {
  const steps = [-40, -20, -10, -5, -2, 0, 2, 5, 10, 20, 40];
  // Around the bend, and from 0 on: a bend that is past leaves a rise there.
  const marks = [...steps.map((k) => bend + k * width), ...steps.map((k) => k * width)];
  const edges = [0, ...marks.filter((x) => x > 0 && x < to).sort((a, b) => a - b), to];
  let sum = 0;
  for (let i = 1; i < edges.length; i++) {
    sum += simpson(f, edges[i - 1] as number, edges[i] as number);
  }
  return sum;
}

const PIECES = 400;

function simpson(f: (x: number) => number, from: number, to: number): number {
  const h = (to - from) / PIECES;
  let sum = f(from) + f(to);
  for (let i = 1; i < PIECES; i++) {
    sum += f(from + i * h) * (i % 2 === 0 ? 2 : 4);
  }
  return (sum * h) / 3;
}
