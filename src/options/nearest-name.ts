const MAX_NAME_LENGTH = 40;

/** The name that is most like a mistyped one, if any is like it at all. */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong.
  let bestDistance = Math.max(2, Math.ceil(typed.length / 3)) + 1;
  for (const name of typed.length > MAX_NAME_LENGTH ? [] : names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Inserted, deleted, replaced and swapped letters. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
