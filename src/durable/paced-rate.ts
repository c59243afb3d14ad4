/**
 * How late a call may reach the service, in milliseconds: what was sent late by a busy process, and what was long on
 * its way.
 */
export const ARRIVAL_SLACK_MS = 250;

/**
 * How many calls a second to plan, so that never more than `perSecond` arrive within a second: those that arrive
 * within one were planned within a second and the slack, however unevenly they are late.
 */
export function pacedPerSecond(perSecond: number): number {
  return (perSecond * 1000) / (1000 + ARRIVAL_SLACK_MS);
}

/** How long nobody calls after a throttled answer that does not say, in milliseconds. */
export const MIN_PAUSE_MS = 1000;
