/** The most of these moments that lie within any span of so many milliseconds. */
export function mostWithin(momentsMs: readonly number[], spanMs: number): number {
  const times = [...momentsMs].sort((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] as number) - (times[from] as number) >= spanMs) {
      from++;
    }
    most = Math.max(most, to - from + 1);
  }
  return most;
}
