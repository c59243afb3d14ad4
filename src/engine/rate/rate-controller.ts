// Goodput-anchored rate control: what the service accepted in the last second is the quota that is left for
// us, so after a throttle the rate lands at the right place at once, whatever the overshoot was. The
// derivation and the comparison with other controllers are in docs/many-tasks.md.
const START_PER_SECOND = 5;
const MIN_PER_SECOND = 0.5;
/** The highest rate, whatever the answers say. */
export const MAX_PER_SECOND = 2000;
const CUT = 0.8;
const CRUISE = 0.95;
const CLIMB_S = 4;
const PROBE_PER_S = 0.005;
const PROBE_DOUBLES_S = 8;
const MAX_PROBE_PER_S = 0.3;
const WINDOW_MS = 1000;
const EXHAUSTED_AFTER = 6;
const LONG_WINDOW_MS = 2000;
const FIRST_PROBE_MS = 500;
const MAX_PROBE_MS = 10_000;

/** What the controller knows; plain values. All times are in milliseconds of one clock. */
export interface RateState {
  readonly ratePerSecond: number;
  /** What the service documents that it accepts: the rate begins at 0.95 of that, and never exceeds it. */
  readonly quotaPerSecond?: number;
  /** What the service was last found to accept; absent until it first throttled. */
  readonly ceilingPerSecond?: number;
  /** No call before this moment. */
  readonly pausedUntilMs: number;
  /** Until when growth has been counted. */
  readonly grownUntilMs: number;
  readonly lastCutMs: number;
  /** When the accepted calls of the last second were answered. */
  readonly acceptedMs: readonly number[];
  /** When the current cycle began, and how many calls it had accepted; for windows longer than a second. */
  readonly cycleFromMs: number;
  readonly cycleAccepted: number;
  readonly throttledInARow: number;
  /** Nothing but throttles is heard. */
  readonly exhaustedQuota?: ExhaustedQuota;
}

interface ExhaustedQuota {
  readonly fromMs: number;
  /** Single calls sent since. */
  readonly probes: number;
}

/** The state at the start: 5 calls a second, or what the service documents. */
export function beginRate(nowMs: number, quotaPerSecond?: number): RateState {
  return {
    ratePerSecond: quotaPerSecond === undefined ? START_PER_SECOND : CRUISE * quotaPerSecond,
    ...(quotaPerSecond === undefined ? {} : { quotaPerSecond }),
    pausedUntilMs: 0,
    grownUntilMs: nowMs,
    lastCutMs: Number.NEGATIVE_INFINITY,
    acceptedMs: [],
    cycleFromMs: nowMs,
    cycleAccepted: 0,
    throttledInARow: 0,
  };
}

/** Something else is documented of the quota: the lower holds, and a rate that nothing is known of begins there. */
export function heedQuota(state: RateState, quotaPerSecond: number): RateState {
  const { quotaPerSecond: known, ceilingPerSecond, exhaustedQuota, ratePerSecond } = state;
  if (known !== undefined && known <= quotaPerSecond) {
    return state;
  }
  const heeding = { ...state, quotaPerSecond };
  const isFoundOut = known !== undefined || (ceilingPerSecond ?? exhaustedQuota) !== undefined;
  return {
    ...heeding,
    ratePerSecond: isFoundOut ? clampRate(heeding, ratePerSecond) : CRUISE * quotaPerSecond,
  };
}

/**
 * Lets the rate grow. Only time in which the limiter delayed calls counts: an idle or a slow caller
 * has not shown that more would be accepted.
 *
 * @param wasHolding - Whether calls have been waiting for permits since the last time.
 */
export function growRate(state: RateState, nowMs: number, wasHolding: boolean): RateState {
  const seconds = Math.max(0, nowMs - state.grownUntilMs) / 1000;
  if (seconds === 0) {
    return state;
  }
  const grown = { ...state, grownUntilMs: nowMs };
  if (!wasHolding || state.exhaustedQuota !== undefined) {
    return grown;
  }
  return { ...grown, ratePerSecond: clampRate(state, grownRate(state, nowMs, Math.min(1, seconds))) };
}

function grownRate(state: RateState, nowMs: number, seconds: number): number {
  const { ratePerSecond, ceilingPerSecond } = state;
  if (ceilingPerSecond === undefined) {
    return ratePerSecond * 2 ** seconds;
  }
  const cruise = CRUISE * ceilingPerSecond;
  if (ratePerSecond < cruise) {
    return Math.min(cruise, ratePerSecond + ((CRUISE - CUT) * ceilingPerSecond * seconds) / CLIMB_S);
  }
  const quietS = Math.max(0, (nowMs - state.lastCutMs) / 1000 - CLIMB_S);
  const probe = Math.min(MAX_PROBE_PER_S, PROBE_PER_S * 2 ** (quietS / PROBE_DOUBLES_S));
  return ratePerSecond * (1 + probe * seconds);
}

/** Counts an answer that was not a throttle. */
export function acceptCall(state: RateState, nowMs: number): RateState {
  const accepted: RateState = {
    ...withoutExhaustedQuota(state),
    acceptedMs: [...recent(state.acceptedMs, nowMs), nowMs],
    cycleAccepted: state.cycleAccepted + 1,
    throttledInARow: 0,
  };
  if (state.exhaustedQuota === undefined) {
    return accepted;
  }
  // The quota has opened again. After a long window the last second says nothing; its average does.
  const cycleS = (nowMs - state.cycleFromMs) / 1000;
  const wasLong = nowMs - state.exhaustedQuota.fromMs > LONG_WINDOW_MS;
  const ceilingPerSecond = wasLong
    ? clampRate(state, state.cycleAccepted / cycleS)
    : (state.ceilingPerSecond ?? state.ratePerSecond);
  return {
    ...accepted,
    ceilingPerSecond,
    ratePerSecond: clampRate(state, (wasLong ? CRUISE : CUT) * ceilingPerSecond),
    pausedUntilMs: 0,
    lastCutMs: nowMs,
    cycleFromMs: nowMs,
    cycleAccepted: 1,
  };
}

/**
 * Slows down after a throttle: at most one cut a second; after six throttles without a success only single
 * probes, at growing distance or when the service said.
 */
export function throttleRate(state: RateState, nowMs: number, retryAfterMs?: number): RateState {
  const throttledInARow = state.throttledInARow + 1;
  const asked: RateState = {
    ...state,
    throttledInARow,
    pausedUntilMs: Math.max(state.pausedUntilMs, nowMs + (retryAfterMs ?? 0)),
  };
  if (state.exhaustedQuota !== undefined) {
    return asked;
  }
  if (throttledInARow >= EXHAUSTED_AFTER) {
    return {
      ...asked,
      exhaustedQuota: { fromMs: nowMs, probes: 0 },
      pausedUntilMs: Math.max(asked.pausedUntilMs, nowMs + FIRST_PROBE_MS),
    };
  }
  if (nowMs - state.lastCutMs < WINDOW_MS) {
    return asked;
  }
  const acceptedMs = recent(state.acceptedMs, nowMs);
  const ceilingPerSecond = clampRate(
    state,
    Math.min(state.ratePerSecond, Math.max(acceptedMs.length, state.ratePerSecond / 2)),
  );
  return {
    ...asked,
    acceptedMs,
    ceilingPerSecond,
    ratePerSecond: clampRate(state, CUT * ceilingPerSecond),
    lastCutMs: nowMs,
  };
}

/** Counts a permit that was given out. With an exhausted quota it is a probe, and the next has to wait: 1 s, 2 s … 10 s. */
export function takePermit(state: RateState, nowMs: number): RateState {
  const { exhaustedQuota } = state;
  if (exhaustedQuota === undefined) {
    return state;
  }
  // By the probes, and not by the throttles: those of calls that were under way when it began say nothing new.
  const probes = exhaustedQuota.probes + 1;
  const gapMs = Math.min(MAX_PROBE_MS, FIRST_PROBE_MS * 2 ** probes);
  return {
    ...state,
    exhaustedQuota: { ...exhaustedQuota, probes },
    pausedUntilMs: Math.max(state.pausedUntilMs, nowMs + gapMs),
  };
}

function withoutExhaustedQuota(state: RateState): RateState {
  const { exhaustedQuota: _, ...rest } = state;
  return rest;
}

function recent(times: readonly number[], nowMs: number): readonly number[] {
  const from = times.findIndex((time) => time > nowMs - WINDOW_MS);
  return from < 0 ? [] : times.slice(from);
}

function clampRate({ quotaPerSecond }: RateState, ratePerSecond: number): number {
  const most = quotaPerSecond === undefined ? MAX_PER_SECOND : CRUISE * quotaPerSecond;
  return Math.min(most, Math.max(MIN_PER_SECOND, ratePerSecond));
}
