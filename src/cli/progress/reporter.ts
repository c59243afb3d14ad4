import type { WaitEvent } from "../../index.ts";

/**
 * Shows how waits go on, on standard error. Whatever it does can change neither a wait nor its outcome.
 */
export interface Reporter {
  /** A wait told something; the progress state has taken it in already. */
  event(event: WaitEvent, taskId: string): void;
  /** No more will come. Leaves the terminal as it was found; may be called more than once. */
  finish(): void;
}

/** Shows nothing. */
export const silentReporter: Reporter = {
  event: () => undefined,
  finish: () => undefined,
};
