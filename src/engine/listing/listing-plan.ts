/** Which tasks a listing scan shows: all of the account's, those that go on, or those that have ended. */
export type ScanKind = "all" | "active" | "ended";

/** The statuses to list, one listing each; `undefined` lists all. */
export type ListedStatus = "CREATED" | "RUNNING" | "COMPLETE" | "FAILED" | "EXPIRED" | "CANCELED" | undefined;

/** What polls are worth, in seconds of unnoticed waiting, summed over the tracked tasks. */
export interface ScanTotals {
  /** What one call is worth. */
  readonly price: number;
  /** Polls of all tasks that listings are known or hoped to show. */
  readonly all: number;
  /** The same without those that are missing from the listings of active tasks. */
  readonly active: number;
  /** The part of tasks that were not seen yet: a listing of ended tasks tells little of them. */
  readonly unseen: number;
  /** The one poll that is worth most. */
  readonly best: number;
  /** How many tasks are expected to have ended unnoticed. */
  readonly likelyEnded: number;
  /** How many polls a second the tasks would be worth by themselves. */
  readonly pollsPerSecond: number;
  /** How many of them are expected to end a second. */
  readonly endsPerSecond: number;
  /** By how many seconds listings lag behind. */
  readonly lagS: number;
  /** Whether polls that are due have to wait for permits. */
  readonly isCrowded: boolean;
  /** Whether one of them may not run yet. */
  readonly hasCreated: boolean;
}

/** A scan that is worth its calls. */
export interface ListingPlan {
  readonly kind: ScanKind;
  readonly statuses: readonly ListedStatus[];
  /** Pages that it is expected to take. */
  readonly pages: number;
  /** In seconds. */
  readonly worth: number;
}

/** How readily listings are used; see `TaskWaiterOptions.batch`. */
export type BatchOption = "auto" | "never" | "always";

const ENDED = ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] as const;
// CREATED goes first: a task that begins to run in between is then seen in the second listing.
const ACTIVE = ["CREATED", "RUNNING"] as const;
// A poll that is worth so much of its price is about to be made.
const NEARLY = 0.9;
// A listing must be worth this many times the best poll, a page: it takes longer, and says less.
const MARGIN = 2;
// Of what polls cost; the rates that this goes by are guesses.
const CLEARLY_LESS = 0.7;
// Times the cheapest scan, beyond which one that shows progress is no longer made instead.
const FAR = 3;
// What a listing of ended tasks is worth beside one that brings fresh progress, too.
const ENDED_SHARE = 0.6;

/** All scans that could be made, with what they cost and show. */
function scanOptions(
  totals: ScanTotals,
  pagesOf: (status: ListedStatus) => number,
): readonly (ListingPlan & { readonly cost: number })[] {
  const ended = sum(ENDED.map(pagesOf));
  const activeStatuses = totals.hasCreated ? ACTIVE : (["RUNNING"] as const);
  const active = sum(activeStatuses.map(pagesOf));
  const all = pagesOf(undefined);
  return [
    { kind: "all", statuses: [undefined], pages: all, cost: all, worth: totals.all },
    {
      kind: "active",
      statuses: activeStatuses,
      pages: active,
      // What is missing has to be confirmed, one by one or by listing the ended.
      cost: active + Math.min(totals.likelyEnded, ended),
      worth: totals.active,
    },
    {
      kind: "ended",
      statuses: ENDED,
      pages: ended,
      cost: ended / ENDED_SHARE,
      worth: Math.max(0, totals.all - totals.unseen),
    },
  ];
}

/** What all polls together have to be worth before a scan can be wanted, in seconds. */
export function minScanValue(totals: ScanTotals, pagesOf: (status: ListedStatus) => number): number {
  return totals.price * leastCost(scanOptions(totals, pagesOf));
}

/**
 * The scan that is worth most a call, if it is worth its price; and where a poll is due and can be made at
 * once, at least twice as much a call as that.
 */
export function planScan(
  totals: ScanTotals,
  pagesOf: (status: ListedStatus) => number,
  batch: BatchOption,
  servesAll: boolean,
): ListingPlan | undefined {
  const [first, ...others] = scanOptions(totals, pagesOf);
  let plan = first;
  for (const other of others) {
    if (plan === undefined || other.worth * plan.cost > plan.worth * other.cost) {
      plan = other;
    }
  }
  if (plan === undefined || plan.worth <= 0) {
    return undefined;
  }
  const isWorthIt = plan.worth >= totals.price * plan.cost;
  const isDue = totals.best >= NEARLY * totals.price;
  const isWanted =
    batch === "always"
      ? isWorthIt || isDue
      : isWorthIt &&
        (!isDue || totals.isCrowded || servesAll || plan.worth >= MARGIN * totals.best * plan.cost);
  const { kind, statuses, pages, worth } = plan;
  return isWanted ? { kind, statuses, pages, worth } : undefined;
}

/**
 * Whether the tasks are served for less by scans alone than by polls of each. A poll is due when the unnoticed
 * waiting is worth its price, so polls cost twice their price, the calls and the waiting. Scans of cost `c` that
 * are made when all together are worth `c` prices come every `T` with `endsPerSecond T^2 / 2 = c price`, and cost
 * as much waiting again.
 *
 * @param knownPagesOf - Infinite for a listing that was never read to its end.
 */
export function scansCostLess(
  totals: ScanTotals,
  pagesOf: (status: ListedStatus) => number,
  knownPagesOf: (status: ListedStatus) => number,
): boolean {
  const { price, pollsPerSecond, endsPerSecond, lagS } = totals;
  // A listing of ended tasks shows no progress: served by these alone, predictions would grow old. Where they are far
  // cheaper, they and polls do better than listings of all that is active.
  const cost = leastCost(scanOptions(totals, knownPagesOf).filter(({ kind }) => kind !== "ended"));
  const scanned = Math.sqrt(2 * cost * price * endsPerSecond) + endsPerSecond * lagS;
  return (
    cost <= FAR * leastCost(scanOptions(totals, pagesOf)) &&
    scanned < CLEARLY_LESS * 2 * price * pollsPerSecond
  );
}

function leastCost(options: readonly { readonly cost: number }[]): number {
  return Math.min(...options.map(({ cost }) => cost));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
