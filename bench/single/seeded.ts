/** Uniform in [0, 1). */
export type Random = () => number;

/** Mulberry32: small, fast, and the same on every machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed of its own for each name, so that adding a case changes no other. */
export function seedOf(seed: number, ...names: readonly (string | number)[]): number {
  let hash = 2_166_136_261 ^ seed;
  for (const character of names.join("|")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  return hash >>> 0;
}

/** A standard normal by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One value in each of `count` equal slices of [0, 1), in random order: means need far fewer samples. */
export function stratified(count: number, random: Random): number[] {
  const values = Array.from({ length: count }, (_, i) => (i + random()) / count);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
  return values;
}
