import type { ResolvedWaitOptions } from "./wait-options.ts";
import type { WaitState } from "./wait-state.ts";

const USUAL_CALL_MS = 100;
const SHORTEST_LEAD_MS = 50;

/** How long before the deadline the last look has to go out for its answer to come in time. */
export function lastPollLeadMs(state: WaitState, options: ResolvedWaitOptions): number {
  return Math.min(options.pollTimeoutMs, Math.max(SHORTEST_LEAD_MS, 2 * (state.callMs ?? USUAL_CALL_MS)));
}
