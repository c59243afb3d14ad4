import { type Due, DueHeap } from "./due-heap.ts";
import type { RateGate } from "./rate-gate.ts";

/** Somebody who wants to make a call. */
export interface Claim extends Due {
  /** The call may go out now; it must. */
  granted(): void;
}

/**
 * Hands the gate's permits to the claims. A permit is bound late: who gets it is chosen when it comes free, so
 * far the one that has been due longest. While nobody claims, nothing is pending.
 */
export class PermitQueue {
  readonly #gate: RateGate;
  readonly #claims = new DueHeap<Claim>();
  #handingOut: AbortController | undefined;

  constructor(gate: RateGate) {
    this.#gate = gate;
  }

  get size(): number {
    return this.#claims.size;
  }

  add(claim: Claim): void {
    this.#claims.put(claim);
    if (this.#handingOut === undefined) {
      this.#handingOut = new AbortController();
      void this.#handOut(this.#handingOut);
    }
  }

  /** Withdraws a claim; the last one takes the pending timer with it. */
  remove(claim: Claim): void {
    this.#claims.remove(claim);
    if (this.#claims.size === 0) {
      this.#handingOut?.abort();
      this.#handingOut = undefined;
    }
  }

  /** Waits in the queue like any claim; rejects with the signal's reason when that aborts first. */
  acquire(signal: AbortSignal, dueMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.remove(claim);
        reject(signal.reason);
      };
      const claim: Claim = {
        dueMs,
        heapIndex: -1,
        granted: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.add(claim);
    });
  }

  async #handOut(turn: AbortController): Promise<void> {
    try {
      while (this.#claims.size > 0) {
        await this.#gate.permit(turn.signal);
        this.#claims.pop()?.granted();
      }
    } catch (error) {
      if (!turn.signal.aborted) {
        throw error;
      }
    } finally {
      if (this.#handingOut === turn) {
        this.#handingOut = undefined;
      }
    }
  }
}
