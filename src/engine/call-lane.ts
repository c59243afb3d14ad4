import type { Observation } from "../policy/observe.ts";
import { type Claim, PermitQueue } from "./permit-queue.ts";
import { RateGate, type RateOption } from "./rate-gate.ts";
import type { SteadyClock } from "./steady-clock.ts";

/** The calls of one API: their rate, and who goes next. */
export class CallLane {
  /** Calls answered so far, good and bad. */
  calls = 0;
  /** How many of them were throttled. */
  throttled = 0;
  readonly #gate: RateGate;
  readonly #queue: PermitQueue;

  constructor(clock: SteadyClock, rate: RateOption) {
    this.#gate = new RateGate(clock, rate);
    this.#queue = new PermitQueue(this.#gate, clock);
  }

  get ratePerSecond(): number {
    return this.#gate.ratePerSecond;
  }

  /** Calls that wait for a permit. */
  get queued(): number {
    return this.#queue.size;
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
    } else if (observation.kind === "throttled") {
      this.answered("throttled", observation.retryAfterMs);
    } else {
      this.answered(observation.kind === "transient" ? "transient" : "accepted");
    }
  }

  answered(answer: "accepted" | "transient" | "throttled", retryAfterMs?: number): void {
    this.calls++;
    if (answer === "throttled") {
      this.throttled++;
      this.#gate.throttled(retryAfterMs);
    } else if (answer === "accepted") {
      this.#gate.accepted();
    }
  }
}
