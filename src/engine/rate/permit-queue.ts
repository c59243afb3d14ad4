import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import { IndexedHeap, type Ranked } from "./indexed-heap.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** Somebody who wants to make a call. */
export interface Claim extends Ranked {
  /** Kept by the queue: which arrival it was; -1 outside. */
  ticket: number;
  /** What the call is worth at a moment, in seconds of unnoticed waiting. */
  worthNow(nowMs: number): number;
  /** The call may go out now; it must. */
  granted(): void;
}

/** Every so many permits one goes to whoever has claimed for longest, whatever it is worth. */
export const PATIENCE = 8;
// What the claims are worth changes with time, and is computed anew this often.
const RERANK_MS = 100;
const RERANK_CROWD_MS = 1000;
const CROWD = 20_000;

/**
 * Hands the gate's permits to the claims. A permit is bound late: who gets it is chosen when it comes free, and
 * that is the claim which is worth most then. So that none starves, every {@link PATIENCE}th permit goes to the
 * oldest claim: with `n` claims before it, a claim is granted within `PATIENCE * (n + 1)` permits. While nobody
 * claims, nothing is pending.
 */
export class PermitQueue {
  readonly #gate: RateLimiter;
  readonly #clock: MonotonicClock;
  readonly #claims = new IndexedHeap<Claim>();
  // In order of arrival; those that are gone are skipped when they come to the front.
  #arrivals: Claim[] = [];
  #oldest = 0;
  // The ticket of the first of them.
  #firstTicket = 0;
  #granted = 0;
  #rerankedAtMs = Number.NEGATIVE_INFINITY;
  #handingOut: AbortController | undefined;

  constructor(gate: RateLimiter, clock: MonotonicClock) {
    this.#gate = gate;
    this.#clock = clock;
  }

  get size(): number {
    return this.#claims.size;
  }

  add(claim: Claim): void {
    claim.rank = -claim.worthNow(this.#clock.nowMs());
    this.#claims.put(claim);
    claim.ticket = this.#firstTicket + this.#arrivals.length;
    this.#arrivals.push(claim);
    if (this.#handingOut === undefined) {
      this.#handingOut = new AbortController();
      void this.#handOut(this.#handingOut);
    }
  }

  /** Withdraws a claim; the last one takes the pending timer with it. */
  remove(claim: Claim): void {
    this.#claims.remove(claim);
    claim.ticket = -1;
    if (this.#claims.size === 0) {
      this.#forgetArrivals();
      this.#handingOut?.abort();
      this.#handingOut = undefined;
    }
  }

  /** Claims for a call that goes on with what has begun; rejects with the signal's reason when that aborts. */
  acquire(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        this.remove(claim);
        reject(signal.reason);
      };
      const claim: Claim = {
        rank: 0,
        heapIndex: -1,
        ticket: -1,
        worthNow: () => Number.MAX_VALUE,
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
        this.#next()?.granted();
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

  #next(): Claim | undefined {
    this.#granted++;
    if (this.#granted % PATIENCE === 0) {
      const oldest = this.#takeOldest();
      if (oldest !== undefined) {
        return oldest;
      }
    }
    const nowMs = this.#clock.nowMs();
    const { size } = this.#claims;
    if (nowMs - this.#rerankedAtMs >= (size > CROWD ? RERANK_CROWD_MS : RERANK_MS)) {
      this.#rerankedAtMs = nowMs;
      this.#claims.rerank((claim) => -claim.worthNow(nowMs));
    }
    const next = this.#claims.pop();
    if (next !== undefined) {
      next.ticket = -1;
    }
    if (this.#claims.size === 0) {
      this.#forgetArrivals();
    }
    return next;
  }

  #takeOldest(): Claim | undefined {
    while (this.#oldest < this.#arrivals.length) {
      const ticket = this.#firstTicket + this.#oldest;
      const claim = this.#arrivals[this.#oldest++] as Claim;
      if (claim.heapIndex >= 0 && claim.ticket === ticket) {
        this.#claims.remove(claim);
        claim.ticket = -1;
        this.#compact();
        return claim;
      }
    }
    this.#forgetArrivals();
    return undefined;
  }

  /** Keeps what is remembered of arrivals in proportion to the claims there are. */
  #compact(): void {
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#arrivals.length) {
      this.#firstTicket += this.#oldest;
      this.#arrivals = this.#arrivals.slice(this.#oldest);
      this.#oldest = 0;
    }
  }

  #forgetArrivals(): void {
    this.#firstTicket += this.#arrivals.length;
    this.#arrivals = [];
    this.#oldest = 0;
  }
}
