import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Where a listing goes on. */
export interface ListingPosition {
  readonly offset: number;
  /** What was asked for; a token is only good for the same question. */
  readonly question: string;
}

/** Makes and reads the opaque `NextToken`; tokens of other emulators, and changed ones, are not accepted. */
export class NextTokens {
  readonly #secret = randomBytes(16);
  readonly #lifetimeMs: number;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** A token in base64 with all its `+`, `/` and `=`, which a client has to encode. */
  issue(position: ListingPosition, nowMs: number): string {
    const payload = Buffer.from(
      JSON.stringify([position.offset, nowMs + this.#lifetimeMs, position.question]),
    );
    return Buffer.concat([this.#seal(payload), payload]).toString("base64");
  }

  /** The position, or undefined for a token that is not ours, has expired, or belongs to another question. */
  read(token: string, question: string, nowMs: number): ListingPosition | undefined {
    const bytes = Buffer.from(token, "base64");
    const payload = bytes.subarray(16);
    if (bytes.length <= 16 || !timingSafeEqual(bytes.subarray(0, 16), this.#seal(payload))) {
      return undefined;
    }
    const [offset, expiresAtMs, asked] = JSON.parse(payload.toString("utf8")) as [number, number, string];
    return asked === question && nowMs < expiresAtMs ? { offset, question } : undefined;
  }

  #seal(payload: Buffer): Buffer {
    return createHmac("sha256", this.#secret).update(payload).digest().subarray(0, 16);
  }
}
