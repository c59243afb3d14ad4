import type { RateLimiter } from "./rate-limiter.ts";

/** Items that want permits, in an order of their own. */
export interface PermitClaims {
  readonly size: number;
  /** What its first item has now; the lowest of all goes first. */
  firstRank(): number;
  /** The number that its oldest item had on arrival; infinite without one. */
  readonly oldestArrival: number;
  /** Takes out the first item, or the oldest, and lets its call go out. */
  grant(isForOldest: boolean): void;
}

/** Every so many permits one goes to the item that has waited longest, whatever its priority. */
export const STARVATION_LIMIT = 8;

/**
 * Hands one limiter's permits to the queues of all that draw on one quota. A permit is bound late: it goes to the item of
 * the highest priority, of whichever queue, at the moment it comes free. So that none starves, every
 * {@link STARVATION_LIMIT}th goes to the oldest: with `n` items before it, an item is granted within
 * `STARVATION_LIMIT * (n + 1)` permits. While no queue has an item nothing is pending (W1).
 */
export class PermitDispatcher {
  readonly limiter: RateLimiter;
  readonly #maxInFlight: number;
  // Those that have items. The one that got a permit last comes last, so that equals take turns.
  readonly #claims = new Set<PermitClaims>();
  #arrivals = 0;
  #granted = 0;
  #inFlight = 0;
  // Ends the turn that hands out; one for many turns, because it costs as much as the rest of a permit.
  #turn = new AbortController();
  #isHandingOut = false;

  /** @param maxInFlight - Calls that may be in flight at once; more wait until {@link PermitDispatcher.returned}. */
  constructor(limiter: RateLimiter, maxInFlight: number = Number.POSITIVE_INFINITY) {
    this.limiter = limiter;
    this.#maxInFlight = maxInFlight;
  }

  /** Items of all queues. */
  get size(): number {
    let size = 0;
    for (const claims of this.#claims) {
      size += claims.size;
    }
    return size;
  }

  /** The number of an item that comes now. */
  nextArrival(): number {
    return ++this.#arrivals;
  }

  /** A queue has an item more. */
  added(claims: PermitClaims): void {
    this.#claims.add(claims);
    this.#start();
  }

  /** Items of a queue ride in another's call. */
  taken(claims: PermitClaims): void {
    if (claims.size === 0) {
      this.#claims.delete(claims);
    }
  }

  /** A queue has an item less; the last of all takes the pending timer with it. */
  withdrawn(claims: PermitClaims): void {
    this.taken(claims);
    if (this.#claims.size === 0) {
      this.#endTurn();
    }
  }

  /** A call that was granted has ended. */
  returned(): void {
    this.#inFlight--;
    this.#start();
  }

  #start(): void {
    if (!this.#isHandingOut && this.#hasNext()) {
      this.#isHandingOut = true;
      void this.#handOut(this.#turn);
    }
  }

  #endTurn(): void {
    if (this.#isHandingOut) {
      this.#turn.abort();
      this.#turn = new AbortController();
      this.#isHandingOut = false;
    }
  }

  #hasNext(): boolean {
    return this.#claims.size > 0 && this.#inFlight < this.#maxInFlight;
  }

  async #handOut(turn: AbortController): Promise<void> {
    try {
      while (this.#hasNext()) {
        await this.limiter.permit(turn.signal);
        // Withdrawn in the very turn in which the permit came; another may hand out by now.
        turn.signal.throwIfAborted();
        this.#grantNext();
      }
    } catch (error) {
      if (!turn.signal.aborted) {
        throw error;
      }
    } finally {
      if (this.#turn === turn) {
        this.#isHandingOut = false;
      }
    }
  }

  #grantNext(): void {
    this.#granted++;
    const isForOldest = this.#granted % STARVATION_LIMIT === 0;
    let next: PermitClaims | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const claims of this.#claims) {
      const rank = isForOldest ? claims.oldestArrival : claims.firstRank();
      if (next === undefined || rank < lowest) {
        [next, lowest] = [claims, rank];
      }
    }
    if (next !== undefined) {
      this.#claims.delete(next);
      if (next.size > 1) {
        this.#claims.add(next);
      }
      this.#inFlight++;
      next.grant(isForOldest);
    }
  }
}
