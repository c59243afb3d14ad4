import type { CallRecord } from "../../index.ts";

/** How many calls a command has made, and how many of them for one task alone. */
export class CallCount {
  readonly #byTask = new Map<string, number>();
  #total = 0;

  /** All calls, those of listings included. */
  get total(): number {
    return this.#total;
  }

  /** Calls for this task alone. */
  of(taskId: string): number {
    return this.#byTask.get(taskId) ?? 0;
  }

  note({ taskId }: CallRecord): void {
    this.#total += 1;
    if (taskId !== undefined) {
      this.#byTask.set(taskId, this.of(taskId) + 1);
    }
  }
}

/** `1 call`, `7 calls`. */
export function callsText(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}
