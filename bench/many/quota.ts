/** A hidden limit, as one of the shapes that a service may have. */
export interface QuotaShape {
  /** Calls a window; or a change of it over time, by the second it begins. */
  readonly limit: number | readonly (readonly [fromS: number, limit: number])[];
  /** Default 1 s. */
  readonly windowS?: number;
  /** A bucket that refills evenly and holds the permits of one second, in place of windows. */
  readonly isBucket?: boolean;
  /** Says how long the window still lasts. */
  readonly tellsRetryAfter?: boolean;
  /** Refused calls count, too. */
  readonly countsRefused?: boolean;
  /** Others take this much of every window, 30 s on and 30 s off. */
  readonly strangers?: number;
}

/** What the service says to a call. */
export type Verdict =
  | { readonly isAccepted: true }
  | { readonly isAccepted: false; readonly retryAfterMs?: number };

/** Counts calls at the service. */
export class Quota {
  readonly #shape: QuotaShape;
  #window = -1;
  #used = 0;
  #tokens: number;
  #filledS = 0;
  accepted = 0;
  refused = 0;

  constructor(shape: QuotaShape) {
    this.#shape = shape;
    this.#tokens = this.limitAt(0);
  }

  limitAt(s: number): number {
    const { limit } = this.#shape;
    return typeof limit === "number" ? limit : (limit.findLast(([fromS]) => s >= fromS)?.[1] ?? 0);
  }

  /** Calls that the service would have accepted by then, at most. */
  capacity(s: number): number {
    const { windowS = 1 } = this.#shape;
    let sum = 0;
    for (let at = 0; at < s; at += windowS) {
      sum += this.#room(at) * Math.min(1, (s - at) / windowS);
    }
    return sum;
  }

  call(nowMs: number): Verdict {
    const s = nowMs / 1000;
    return this.#shape.isBucket ? this.#fromBucket(s) : this.#inWindow(s);
  }

  #room(s: number): number {
    const { strangers = 0 } = this.#shape;
    return this.limitAt(s) - (Math.floor(s / 30) % 2 === 0 ? 0 : strangers);
  }

  #inWindow(s: number): Verdict {
    const { windowS = 1, countsRefused = false } = this.#shape;
    const window = Math.floor(s / windowS);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    const isAccepted = this.#used < this.#room(s);
    if (isAccepted || countsRefused) {
      this.#used++;
    }
    return this.#count(isAccepted, ((window + 1) * windowS - s) * 1000);
  }

  #fromBucket(s: number): Verdict {
    const limit = this.#room(s);
    this.#tokens = Math.min(limit, this.#tokens + (s - this.#filledS) * limit);
    this.#filledS = s;
    const isAccepted = this.#tokens >= 1;
    this.#tokens -= isAccepted ? 1 : 0;
    return this.#count(isAccepted, (1000 * (1 - this.#tokens)) / limit);
  }

  #count(isAccepted: boolean, retryAfterMs: number): Verdict {
    if (isAccepted) {
      this.accepted++;
      return { isAccepted };
    }
    this.refused++;
    return this.#shape.tellsRetryAfter
      ? { isAccepted, retryAfterMs: Math.ceil(retryAfterMs) }
      : { isAccepted };
  }
}
