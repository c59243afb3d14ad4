import type { MonotonicClock } from "../../async/monotonic-clock.ts";
import type { Observation } from "../../policy/observe/observe.ts";
import { type Claim, PermitQueue } from "./permit-queue.ts";
import { RateLimiter, type RateOption } from "./rate-limiter.ts";

const CROWDED_S = 0.5;

/** How a call went, as far as the rate is concerned. */
export type CallAnswer = "accepted" | "transient" | "throttled";

/** The calls of one API: their rate, and who goes next. */
export class ApiRateLimit {
  /** Calls answered so far, good and bad. */
  calls = 0;
  /** How many of them were throttled. */
  throttled = 0;
  readonly #onCall: (answer: CallAnswer) => void;
  readonly #gate: RateLimiter;
  readonly #queue: PermitQueue;

  constructor(clock: MonotonicClock, rate: RateOption, onCall: (answer: CallAnswer) => void) {
    this.#onCall = onCall;
    this.#gate = new RateLimiter(clock, rate);
    this.#queue = new PermitQueue(this.#gate, clock);
  }

  get ratePerSecond(): number {
    return this.#gate.ratePerSecond;
  }

  /** Calls that wait for a permit. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Whether those that wait for a permit now will do so for long. */
  get isCrowded(): boolean {
    return this.#queue.size > CROWDED_S * this.#gate.ratePerSecond;
  }

  add(claim: Claim): void {
    this.#queue.add(claim);
  }

  remove(claim: Claim): void {
    this.#queue.remove(claim);
  }

  acquire(signal: AbortSignal): Promise<void> {
    return this.#queue.acquire(signal);
  }

  /** Takes in how a call went. One that nobody waited for any more says nothing of the quota. */
  observed(observation: Observation, isUnwanted: boolean): void {
    if (isUnwanted) {
      this.calls++;
      this.#onCall("transient");
    } else if (observation.kind === "throttled") {
      this.answered("throttled", observation.retryAfterMs);
    } else {
      this.answered(observation.kind === "transient" ? "transient" : "accepted");
    }
  }

  answered(answer: CallAnswer, retryAfterMs?: number): void {
    this.calls++;
    this.#onCall(answer);
    if (answer === "throttled") {
      this.throttled++;
      this.#gate.throttled(retryAfterMs);
    } else if (answer === "accepted") {
      this.#gate.accepted();
    }
  }
}
