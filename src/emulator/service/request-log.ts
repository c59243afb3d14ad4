import type { RequestRecord } from "./request-record.ts";

/** The newest records, up to a number of them. */
export class RequestLog {
  readonly #max: number;
  #records: RequestRecord[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  add(record: RequestRecord): void {
    this.#records.push(record);
    // Cutting at twice the number makes the cut rare, so cheap.
    if (this.#records.length >= 2 * this.#max) {
      this.#records = this.#max === 0 ? [] : this.#records.slice(-this.#max);
    }
  }

  /** Oldest first. */
  newest(): readonly RequestRecord[] {
    return this.#max === 0 ? [] : this.#records.slice(-this.#max);
  }
}
