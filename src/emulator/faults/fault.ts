import type { Action } from "../protocol/routes.ts";

/**
 * Something that goes wrong with one call.
 *
 * Not performed is the operation under `reset` at `request`, `refuse`, `html`, `empty`, `redirect`, `answer` and
 * `raw`. Under all others it is performed, and only its answer suffers.
 *
 * - `latency`: the answer comes `ms` later. It goes together with any other.
 * - `hang`: no byte of the answer (`headers`), or not all of the body (`body`), ever comes.
 * - `dribble`: the body comes in `bytes` (1) every `everyMs` (100).
 * - `reset`: the connection is reset before the answer (`request`) or in its middle (`body`).
 * - `truncate`: half of the JSON, well packed. - `contentType`: the right body under the wrong type.
 * - `html`: an error page of a proxy, 502. - `empty`: no body, 200. - `redirect`: 302.
 * - `refuse`: an error of the API. - `answer`: any answer. - `raw`: any bytes, then the connection ends.
 * - `gzip`: compressed, though nobody asked. - `chunked`: without a length.
 * - `huge`: a body of `bytes` (64 MiB). - `close`: the connection ends after the answer, unannounced.
 * - `skew`: the server's clock is `ms` ahead. - `duplicate`: the answer comes twice.
 */
export type Fault =
  | { readonly kind: "latency"; readonly ms: number }
  | { readonly kind: "hang"; readonly at: "headers" | "body" }
  | { readonly kind: "dribble"; readonly bytes?: number; readonly everyMs?: number }
  | { readonly kind: "reset"; readonly at: "request" | "body" }
  | { readonly kind: "truncate" }
  | { readonly kind: "contentType"; readonly value?: string }
  | { readonly kind: "html"; readonly httpStatus?: number }
  | { readonly kind: "empty"; readonly httpStatus?: number }
  | { readonly kind: "redirect"; readonly location?: string }
  | {
      readonly kind: "refuse";
      readonly code: string;
      readonly httpStatus?: number;
      readonly message?: string;
      readonly retryAfterMs?: number;
    }
  | {
      readonly kind: "answer";
      readonly body: string;
      readonly httpStatus?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "raw"; readonly bytes: Uint8Array }
  | { readonly kind: "gzip" }
  | { readonly kind: "chunked" }
  | { readonly kind: "huge"; readonly bytes?: number }
  | { readonly kind: "close" }
  | { readonly kind: "skew"; readonly ms: number }
  | { readonly kind: "duplicate" };

/** What a {@link FaultDecider} knows of the call. */
export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** Absent when method and path are none of an operation. */
  readonly action?: Action;
  /** The declared API that it is for. */
  readonly api?: string;
  /** The task that it asks for, when it is one. */
  readonly taskId?: string;
}

/**
 * Decides what goes wrong with a call.
 *
 * @param n - How many calls came before this one.
 * @returns One fault, several (latency and skew go with any other; of the rest the last one counts), or none.
 */
export type FaultDecider = (request: FaultRequest, n: number) => Fault | readonly Fault[] | undefined;

/** A fault that shapes the answer or stands in its place. */
export type ShapingFault = Exclude<Fault, { readonly kind: "latency" | "skew" }>;

/** The faults of one call, sorted by when they matter. */
export interface FaultSet {
  /** For the log. */
  readonly names: readonly string[];
  readonly latencyMs: number;
  readonly skewMs: number;
  readonly shaping: ShapingFault | undefined;
}

/** Sorts what a decider returned. */
export function faultSet(decided: Fault | readonly Fault[] | undefined): FaultSet {
  const faults = decided === undefined ? [] : [decided].flat();
  let latencyMs = 0;
  let skewMs = 0;
  let shaping: ShapingFault | undefined;
  for (const fault of faults as readonly Fault[]) {
    if (fault.kind === "latency") {
      latencyMs += fault.ms;
    } else if (fault.kind === "skew") {
      skewMs += fault.ms;
    } else {
      shaping = fault;
    }
  }
  return { names: faults.map((fault) => fault.kind), latencyMs, skewMs, shaping };
}
