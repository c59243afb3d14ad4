/** A tuning constant or a part of the engine, and the change that takes it away. */
export interface Knob {
  readonly name: string;
  /** The module below src/ that has it. */
  readonly module: string;
  /** A text of the compiled module, and what stands there instead. */
  readonly from: string;
  readonly to: string;
}

const PLAN = "engine/listing/listing-plan.js";
const COVERAGE = "engine/listing/listing-coverage.js";
const CONTROLLER = "engine/rate/rate-controller.js";

/** Each changed alone; what is only for safety (bounds, retries, what a hostile service meets) is not among them. */
export const KNOBS: readonly Knob[] = [
  {
    name: "poll value: one power, not two parts",
    module: "policy/forecast/poll-value.js",
    from: "rest < 1e-3 * price || sharp <= rest",
    to: "true",
  },
  {
    name: "plan: margin of scans over a due poll 1",
    module: PLAN,
    from: "MARGIN = 2",
    to: "MARGIN = 1",
  },
  {
    name: "plan: a poll is due at its price, not at 0.9",
    module: PLAN,
    from: "NEARLY = 0.9",
    to: "NEARLY = 1",
  },
  {
    name: "plan: ended listings count in full",
    module: PLAN,
    from: "ENDED_SHARE = 0.6",
    to: "ENDED_SHARE = 1",
  },
  {
    name: "plan: scans serve all where cheaper at all",
    module: PLAN,
    from: "CLEARLY_LESS = 0.7",
    to: "CLEARLY_LESS = 1",
  },
  {
    name: "plan: scans serve all however far",
    module: PLAN,
    from: "FAR = 3",
    to: "FAR = 1e9",
  },
  {
    name: "sizes: measured ones do not fade",
    module: "engine/listing/listing-sizes.js",
    from: "HALF_LIFE_MS = 5 * 60_000",
    to: "HALF_LIFE_MS = 1e15",
  },
  {
    name: "scans: overlapping ones are not spread",
    module: "engine/listing/listing-scheduler.js",
    from: "running > 0 && nowMs < spreadUntilMs",
    to: "false",
  },
  {
    name: "scans: one at a time",
    module: "engine/listing/scan-pacing.js",
    from: "MAX_SCANS = 16",
    to: "MAX_SCANS = 1",
  },
  {
    name: "scans: never given up for their cost",
    module: "engine/listing/listing-scan.js",
    from: "BUDGET_FACTOR = 2",
    to: "BUDGET_FACTOR = 1e9",
  },
  {
    name: "coverage: absence from the ended tells nothing",
    module: COVERAGE,
    from: "const isPresumedRunning = ",
    to: "const isPresumedRunning = false && ",
  },
  {
    name: "coverage: absence is believed for 8 gaps only",
    module: COVERAGE,
    from: "MAX_PRESUMED_MS = 30_000",
    to: "MAX_PRESUMED_MS = 0",
  },
  {
    name: "pages: no poll is redundant",
    module: "engine/tasks/tracked-task.js",
    from: "REDUNDANT_SHARE = 0.1",
    to: "REDUNDANT_SHARE = 0",
  },
  {
    name: "limits: a backlog is any queue",
    module: "engine/rate/rate-limits.js",
    from: "BACKLOG_S = 0.5",
    to: "BACKLOG_S = 0",
  },
  {
    name: "permits: priorities are not refreshed",
    module: "engine/rate/permit-queue.js",
    from: "RERANK_MS = 100",
    to: "RERANK_MS = 1e9",
  },
  {
    name: "permits: none for the oldest",
    module: "engine/rate/permit-dispatcher.js",
    from: "STARVATION_LIMIT = 8",
    to: "STARVATION_LIMIT = 1e9",
  },
  {
    name: "rate: cruises at the ceiling",
    module: CONTROLLER,
    from: "CRUISE = 0.95",
    to: "CRUISE = 1",
  },
  {
    name: "rate: not cut below what was accepted",
    module: CONTROLLER,
    from: "CUT = 0.8",
    to: "CUT = 1",
  },
  {
    name: "rate: probes do not grow",
    module: CONTROLLER,
    from: "PROBE_DOUBLES_S = 8",
    to: "PROBE_DOUBLES_S = 1e9",
  },
  {
    name: "decide: the last call's time alone",
    module: "policy/decide/decide.js",
    from: "CALL_TIME_WEIGHT = 0.3",
    to: "CALL_TIME_WEIGHT = 1",
  },
];

/** What is waited for. */
export const ABLATION_CASES: readonly string[] = [
  "N = 10, 2 min, R = 20",
  "N = 100, 2 min, R = 20",
  "N = 1,000, 2 min, R = 20",
  "N = 1,000, 2 min, R = 20 for both APIs",
  "N = 1,000, R 100, 10, 50",
  "N = 1,000, 50,000 old ended",
];
