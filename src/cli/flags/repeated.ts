/** Gathers the values of a flag that may be repeated. */
export function repeated(one: string, others: readonly string[] = []): readonly string[] {
  return [...others, one];
}
