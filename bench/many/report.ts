/** What a run of the benchmark finds, table by table. */
export class Report {
  /** Every figure, for programs. */
  readonly rows: Record<string, unknown>[] = [];
  /** Every threshold that was missed, in words. */
  readonly failures: string[] = [];

  /** Adds a row of a table. */
  add(table: string, row: object): void {
    this.rows.push({ table, ...row });
  }

  /** Notes what was missed. */
  expect(holds: boolean, missed: string): void {
    if (!holds) {
      this.failures.push(missed);
    }
  }
}

/** A share as people read it. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
