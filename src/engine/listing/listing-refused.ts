import { printable } from "../../task/printable.ts";
import type { WaitEvent } from "../../task/wait-events.ts";

/** The warning that listings are refused; what is waited for is looked at one by one from then on. */
export function listingRefused(taskId: string, error: Error | undefined): WaitEvent {
  const why = error === undefined ? "" : `: ${printable(error.message, 300)}`;
  const message = `list: the service refuses to list tasks, so each is asked about on its own${why}`;
  return { name: "warning", payload: { taskId, code: "LISTING_REFUSED", message } };
}
