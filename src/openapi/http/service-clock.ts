import { HALF_SECOND_MS } from "../../options/named-durations.ts";

// A smaller difference is the network's, and no reason for the service to refuse a date: it allows 15 minutes.
const NOTABLE_MS = 60_000;

/** The service's time, as far as it has told. Requests are signed with it, so a wrong clock here does no harm. */
export class ServiceClock {
  #offsetMs = 0;
  // Against the monotonic clock: this machine's wall clock may be set at any moment, also between call and answer.
  #aheadOfSteadyMs: number | undefined;

  /** How far the service's clock is ahead of this machine's now, in milliseconds, give or take half a second. */
  get aheadMs(): number | undefined {
    return this.#aheadOfSteadyMs === undefined
      ? undefined
      : this.#aheadOfSteadyMs + performance.now() - Date.now();
  }

  /**
   * Hears an answer's `Date`.
   *
   * @param callMs - How long the call took; the answer is taken to be of half way.
   */
  hear(dateHeader: string | undefined, callMs: number): void {
    const serviceMs = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (Number.isFinite(serviceMs)) {
      this.#aheadOfSteadyMs = serviceMs + HALF_SECOND_MS + callMs / 2 - performance.now();
    }
  }

  /** In Unix milliseconds. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /**
   * Learns from an answer that refused a request's date.
   *
   * @param dateHeader - The answer's `Date`.
   * @param signedAtMs - The date that was refused.
   * @returns Whether a request signed now has a notably different date, so that it can be accepted.
   */
  correct(dateHeader: string | undefined, signedAtMs: number): boolean {
    const serviceMs = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (!(Math.abs(serviceMs - signedAtMs) >= NOTABLE_MS)) {
      return false;
    }
    this.#offsetMs = serviceMs - Date.now();
    return true;
  }
}
