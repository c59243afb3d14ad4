import { SERVICE_BACKOFF } from "../async/backoff.ts";
import { retry } from "../async/retry.ts";
import { timedCall } from "../async/timed-call.ts";
import { formatDurationMs } from "../options/duration.ts";
import { errorCodeOf } from "../policy/observe/error-code.ts";
import type { Notification } from "./notification.ts";
import type { Post, PostAnswer } from "./post.ts";
import type { SignWebhook } from "./webhook-secret.ts";

const TRY_MS = 10_000;
const GONE = 410;
const MAY_PASS: ReadonlySet<number> = new Set([408, 425, 429]);

/** How a delivery ended. */
export type DeliveryEnd =
  | { readonly kind: "delivered" }
  /** The receiver wants no more events. */
  | { readonly kind: "unsubscribed" }
  | { readonly kind: "failed"; readonly reason: string };

/** How to deliver. */
export interface DeliveryOptions {
  readonly post: Post;
  readonly sign: SignWebhook | undefined;
  /** How long it is tried, in milliseconds. */
  readonly tryForMs: number;
  readonly signal: AbortSignal;
  readonly random: () => number;
}

/** Posts an event until it is taken, refused, or its time is up. Each try has the same id and a timestamp of its own. */
export async function deliver(event: Notification, options: DeliveryOptions): Promise<DeliveryEnd> {
  const { post, sign, tryForMs, signal, random } = options;
  const body = JSON.stringify(event);
  const endsAtMs = performance.now() + tryForMs;
  let tries = 0;
  const attempt = async (): Promise<PostAnswer> => {
    tries += 1;
    const timestampS = Math.floor(Date.now() / 1000);
    const headers = {
      "content-type": "application/cloudevents+json; charset=utf-8",
      "user-agent": "taskwait",
      "webhook-id": event.id,
      "webhook-timestamp": String(timestampS),
      ...(sign === undefined ? {} : { "webhook-signature": sign(event.id, timestampS, body) }),
    };
    const timeoutMs = Math.max(1, Math.min(TRY_MS, endsAtMs - performance.now()));
    const onTimeout = (): Error => new Error(`no answer within ${formatDurationMs(timeoutMs)}`);
    const call = timedCall((own) => post(headers, body, own.signal), { timeoutMs, signal, onTimeout });
    const answer = await call.promise;
    if (answer.status < 200 || answer.status > 299) {
      throw new RefusedPost(answer);
    }
    return answer;
  };
  try {
    await retry(attempt, {
      backoff: SERVICE_BACKOFF,
      budgetMs: tryForMs,
      random,
      signal,
      shouldRetry: mayPass,
      retryAfterMs: (error) => (error instanceof RefusedPost ? error.answer.retryAfterMs : undefined),
    });
    return { kind: "delivered" };
  } catch (error) {
    if (error instanceof RefusedPost && error.answer.status === GONE) {
      return { kind: "unsubscribed" };
    }
    return { kind: "failed", reason: `${reasonOf(error)} (${tries === 1 ? "1 try" : `${tries} tries`})` };
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof RefusedPost) {
    const { status } = error.answer;
    return status >= 500 || MAY_PASS.has(status);
  }
  return errorCodeOf(error, /^PRIVATE_ADDRESS$/) === undefined;
}

/** Why it failed, without what a message might hold of the URL. */
function reasonOf(error: unknown): string {
  if (error instanceof RefusedPost) {
    const { status } = error.answer;
    return status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
  }
  if (errorCodeOf(error, /^PRIVATE_ADDRESS$/) !== undefined) {
    return "its name leads to an address that is not public: name the address itself if that is meant";
  }
  const code = errorCodeOf(error, /^[A-Z][A-Z0-9_]+$/);
  return code ?? (error instanceof Error ? error.message : String(error));
}

/** The receiver answered, and did not take the event. */
class RefusedPost extends Error {
  override readonly name = "RefusedPost";
  readonly answer: PostAnswer;

  constructor(answer: PostAnswer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}
