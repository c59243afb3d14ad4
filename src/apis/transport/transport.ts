import type { CallSubject } from "../../openapi/request/operation.ts";
import type { PreparedRequest } from "../request/prepared-request.ts";

/** A good answer: its JSON, without the caller's secrets. */
export interface JsonAnswer {
  readonly httpStatus: number;
  /** How long it asks to wait before the next call, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly json: unknown;
}

/** Makes single calls: signed ones, or such with a key. It never sends twice. */
export interface Transport {
  /** Scheme, host and port that are asked in place of the declared ones, such as an emulator's. */
  readonly insteadOrigin: string | undefined;
  /**
   * Makes one call. Rejects as `BdrcClient`'s methods do.
   *
   * @param prepare - Makes the request, once the region is known.
   */
  call(
    prepare: (region: string | undefined) => PreparedRequest,
    about: CallSubject,
    signal: AbortSignal | undefined,
  ): Promise<JsonAnswer>;
  /** How far the service's clock is ahead of this machine's, in milliseconds; undefined before any answer. */
  clockAheadMs(): number | undefined;
  close(): Promise<void>;
}
