import * as z from "zod/mini";
import { strictOptions } from "../../options/check-options.ts";
import { MINUTE_MS } from "../../options/named-durations.ts";
import { type Refusal, refuse } from "../protocol/refusal.ts";
import { type OperationName, operationName } from "../protocol/routes.ts";

/** Limits of one operation. */
export interface QuotaLimits {
  /** Calls per window, for each account. Throttled calls do not count. */
  readonly perSecond?: number;
  /** The length of that window; default 1000 ms. */
  readonly windowMs?: number;
  /** Calls per 60 s, for each account. */
  readonly per60s?: number;
  /** Calls in flight at once, for each account. */
  readonly concurrency?: number;
  /** Calls per window, for all accounts together. */
  readonly perApi?: number;
}

/** Limits of every operation, and those of single ones in their place; a declared API is one, under its name. */
export interface Quota extends QuotaLimits {
  readonly apis?: { readonly [A in OperationName]?: QuotaLimits };
}

const callLimit = z.exactOptional(z.int().check(z.gte(0)));
const limitFields = {
  perSecond: callLimit,
  windowMs: z.exactOptional(z.int().check(z.gte(1))),
  per60s: callLimit,
  concurrency: callLimit,
  perApi: callLimit,
};
const limits = strictOptions(limitFields);

/**
 * Reads a {@link Quota}.
 *
 * @internal
 */
export const quota: z.ZodMiniType<Quota> = strictOptions({
  ...limitFields,
  apis: z.exactOptional(z.record(operationName as z.ZodMiniType<string>, limits)) as z.ZodMiniType<
    NonNullable<Quota["apis"]>
  >,
});

/** How the service says that it was asked too often; what BDRC does of it is not documented. */
export interface ThrottleStyle {
  /** 400 (default), 429, or 503, which comes as `ServiceUnavailable`. */
  readonly status?: 400 | 429 | 503;
  /** Whether `x-acs-retry-after` says how long the window still lasts; default false. */
  readonly retryAfterHeader?: boolean;
}

/** What was counted of one operation. */
export interface QuotaCounters {
  readonly accepted: number;
  readonly throttled: number;
  readonly inFlight: number;
}

interface FixedWindow {
  index: number;
  used: number;
}

/** Counts calls in fixed windows, per account and operation and per operation, and refuses those above. */
export class QuotaLimiter {
  readonly #style: ThrottleStyle;
  #quota: Quota;
  readonly #documented = new Map<OperationName, QuotaLimits>();
  readonly #windows = new Map<string, FixedWindow>();
  readonly #inFlight = new Map<string, number>();
  readonly #counters = new Map<OperationName, { accepted: number; throttled: number }>();

  constructor(limitsOfAll: Quota, style: ThrottleStyle) {
    this.#quota = limitsOfAll;
    this.#style = style;
  }

  /** Limits that hold for an operation while nobody has set any for it, or for all. */
  document(operation: OperationName, limitsOfIt: QuotaLimits): void {
    this.#documented.set(operation, limitsOfIt);
  }

  /** Puts other limits in place; what was used of the running windows stays used. */
  change(limitsOfAll: Quota): void {
    this.#quota = limitsOfAll;
  }

  /** Takes one call's share of all limits, or none of any. A call that got in must {@link leave}. */
  enter(accountId: string, action: OperationName, nowMs: number): Refusal | undefined {
    const refusal = this.#take(accountId, action, nowMs);
    const counters = this.#counters.get(action) ?? { accepted: 0, throttled: 0 };
    counters[refusal === undefined ? "accepted" : "throttled"] += 1;
    this.#counters.set(action, counters);
    return refusal;
  }

  /** The call has been answered, or nobody waits for the answer any more. */
  leave(accountId: string, action: OperationName): void {
    const key = `${action} ${accountId}`;
    const left = (this.#inFlight.get(key) ?? 0) - 1;
    if (left > 0) {
      this.#inFlight.set(key, left);
    } else {
      this.#inFlight.delete(key);
    }
  }

  /** What was counted so far. */
  counters(action: OperationName): QuotaCounters {
    const { accepted = 0, throttled = 0 } = this.#counters.get(action) ?? {};
    let inFlight = 0;
    for (const [key, calls] of this.#inFlight) {
      inFlight += key.startsWith(`${action} `) ? calls : 0;
    }
    return { accepted, throttled, inFlight };
  }

  #take(accountId: string, action: OperationName, nowMs: number): Refusal | undefined {
    const limit = this.#limitOf(action);
    const key = `${action} ${accountId}`;
    const running = this.#inFlight.get(key) ?? 0;
    if (limit.concurrency !== undefined && running >= limit.concurrency) {
      return this.#throttled("Throttling.Api.Concurrency", 1000);
    }
    const windowMs = limit.windowMs ?? 1000;
    const wanted = [
      { name: `${key} ${windowMs}`, max: limit.perSecond, windowMs, code: "Throttling.User" },
      { name: `${key} 60s`, max: limit.per60s, windowMs: MINUTE_MS, code: "Throttling.User" },
      { name: `${action} * ${windowMs}`, max: limit.perApi, windowMs, code: "Throttling.Api" },
    ] as const;
    const windows: FixedWindow[] = [];
    for (const { name, max, windowMs: lengthMs, code } of wanted) {
      if (max !== undefined) {
        const window = this.#window(name, Math.floor(nowMs / lengthMs));
        if (window.used >= max) {
          return this.#throttled(code, lengthMs - (nowMs % lengthMs));
        }
        windows.push(window);
      }
    }
    for (const window of windows) {
      window.used += 1;
    }
    this.#inFlight.set(key, running + 1);
    return undefined;
  }

  #limitOf(action: OperationName): QuotaLimits {
    const { apis, ...ofAll } = this.#quota;
    const own = apis !== undefined && Object.hasOwn(apis, action) ? apis[action] : undefined;
    return own ?? (Object.keys(ofAll).length > 0 ? ofAll : (this.#documented.get(action) ?? ofAll));
  }

  #window(name: string, index: number): FixedWindow {
    const known = this.#windows.get(name);
    if (known !== undefined && known.index === index) {
      return known;
    }
    const fresh = { index, used: 0 };
    this.#windows.set(name, fresh);
    return fresh;
  }

  #throttled(
    code: "Throttling.User" | "Throttling.Api" | "Throttling.Api.Concurrency",
    leftMs: number,
  ): Refusal {
    const { status = 400, retryAfterHeader = false } = this.#style;
    return refuse(status === 503 ? "ServiceUnavailable" : code, {
      httpStatus: status,
      ...(retryAfterHeader ? { retryAfterMs: Math.max(1, Math.ceil(leftMs)) } : {}),
    });
  }
}
