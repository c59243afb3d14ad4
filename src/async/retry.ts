import pRetry from "p-retry";
import { type Backoff, backoffMs } from "./backoff.ts";
import { sleep } from "./sleep.ts";

/**
 * An attempt that failed and has a successor.
 *
 * @hidden
 */
export interface FailedAttempt {
  /** What it threw, untouched. */
  readonly error: unknown;
  /** From 1. */
  readonly attempt: number;
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
}

/**
 * When to try again.
 *
 * @hidden
 */
export interface RetryOptions {
  /** The pauses between attempts. */
  readonly backoff: Backoff;
  /** No attempt begins later than so many milliseconds after the first; by default any time later. */
  readonly budgetMs?: number;
  /** How many attempts may follow the first; by default any number. */
  readonly retries?: number;
  /** Attempts that were made before, elsewhere: the pauses go on from there. Default 0. */
  readonly attemptsBefore?: number;
  /** Whether such an error may pass; by default any may. */
  readonly shouldRetry?: (error: unknown) => boolean;
  /** The pause that an error asks for, in milliseconds; the next attempt does not come sooner. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  /** Spreads the pauses; without it they are exact. */
  readonly random?: () => number;
  /** Ends the retrying: in a pause at once, in an attempt with its end. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of each failed attempt that has a successor, before the pause. */
  readonly onRetry?: (failed: FailedAttempt) => void;
}

/**
 * Makes attempts until one succeeds, fails for good, or the signal aborts.
 *
 * @param attempt - One attempt; is told its number, from 1.
 * @throws The signal's reason once it has aborted; else what the last attempt threw.
 *
 * @hidden Exported for the command, which imports nothing but public entry points.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { backoff, retries = Number.POSITIVE_INFINITY, attemptsBefore = 0, random, signal } = options;
  const { shouldRetry = () => true, retryAfterMs = () => undefined, onRetry = () => {} } = options;
  const lastMs = performance.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY);
  try {
    return await pRetry(
      async (number) => {
        try {
          return await attempt(number);
        } catch (error) {
          throw new AttemptError(error);
        }
      },
      {
        retries,
        signal,
        // The pause is made in `shouldRetry`: p-retry knows neither a service's wish nor a given chance.
        minTimeout: 0,
        shouldRetry: async ({ error, attemptNumber }) => {
          if (!(error instanceof AttemptError) || signal?.aborted || !shouldRetry(error.thrown)) {
            return false;
          }
          const ownMs = backoffMs(backoff, attemptsBefore + attemptNumber, random);
          const delayMs = Math.max(ownMs, retryAfterMs(error.thrown) ?? 0);
          if (performance.now() + delayMs > lastMs) {
            return false;
          }
          onRetry({ error: error.thrown, attempt: attemptNumber, delayMs });
          await sleep(delayMs, signal);
          return true;
        },
      },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AttemptError ? error.thrown : error;
  }
}

/** Carries what an attempt threw through p-retry, which has its own ideas of a `TypeError` and of what is no error. */
class AttemptError extends Error {
  override readonly name = "AttemptError";
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super("an attempt failed");
    this.thrown = thrown;
  }
}
