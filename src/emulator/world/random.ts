/** Chance that can be repeated: numbers in [0, 1). */
export type Random = () => number;

/**
 * A generator whose numbers depend on the seed alone, good enough for durations and faults and for nothing
 * secret.
 *
 * @param seed - Any integer.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return scramble(state);
  };
}

/** One number in [0, 1) that belongs to a pair of integers, for noise that is the same at every poll. */
export function noiseAt(seed: number, index: number): number {
  return scramble((Math.imul(seed, 0x9e3779b1) + Math.imul(index + 1, 0x85ebca6b)) >>> 0);
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
