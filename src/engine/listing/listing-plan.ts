/** Which tasks a listing scan shows: all of the account's, those that go on, or those that have ended. */
export type ScanKind = "all" | "active" | "ended";

/** The statuses to list, one listing each; `undefined` lists all. */
export type ListedStatus = "CREATED" | "RUNNING" | "COMPLETE" | "FAILED" | "EXPIRED" | "CANCELED" | undefined;

/** The value of polls, in seconds of unnoticed waiting, summed over the tracked tasks. */
export interface ScanTotals {
  /** The wait price of one call. */
  readonly price: number;
  /** Polls of all tasks that listings are known or hoped to show. */
  readonly all: number;
  /** The same without those that are missing from the listings of active tasks. */
  readonly active: number;
  /** The part of tasks that were not seen yet: a listing of ended tasks tells little of them. */
  readonly unseen: number;
  /** The highest value of one poll, of as many tasks as a call takes. */
  readonly best: number;
  /** How many tasks are expected to have ended unnoticed. */
  readonly likelyEnded: number;
  /** How many tasks one poll asks for. */
  readonly idsPerCall: number;
  /** How many polls a second would be made without scans. */
  readonly pollsPerSecond: number;
  /** How many of them are expected to end a second. */
  readonly endsPerSecond: number;
  /** By how many seconds listings lag behind. */
  readonly lagS: number;
  /** Whether polls that are due have to wait for permits. */
  readonly isBacklogged: boolean;
  /** Whether one of them may not run yet. */
  readonly hasCreated: boolean;
}

/** A scan whose value is above the price of its calls. */
export interface ListingPlan {
  readonly kind: ScanKind;
  readonly statuses: readonly ListedStatus[];
  /** Pages that it is expected to take. */
  readonly pages: number;
  /** In seconds. */
  readonly value: number;
}

/** How readily listings are used; see `TaskWaiterOptions.batch`. */
export type BatchOption = "auto" | "never" | "always";

const ENDED = ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] as const;
// CREATED goes first: a task that begins to run in between is then seen in the second listing.
const ACTIVE = ["CREATED", "RUNNING"] as const;
/** A poll whose value is this part of its price is about to be made. */
export const NEARLY = 0.9;
// The value of a listing, a page, must be this many times that of the best poll: it takes longer, and says less.
const MARGIN = 2;
// Of what polls cost; the rates that this goes by are guesses.
const CLEARLY_LESS = 0.7;
// Times the cheapest scan, beyond which one that shows progress is no longer made instead.
const FAR = 3;
// The value of a listing of ended tasks beside one that brings fresh progress, too.
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
    { kind: "all", statuses: [undefined], pages: all, cost: all, value: totals.all },
    {
      kind: "active",
      statuses: activeStatuses,
      pages: active,
      // What is missing has to be confirmed, by polls or by listing the ended.
      cost: active + Math.min(totals.likelyEnded / totals.idsPerCall, ended),
      value: totals.active,
    },
    {
      kind: "ended",
      statuses: ENDED,
      pages: ended,
      cost: ended / ENDED_SHARE,
      value: Math.max(0, totals.all - totals.unseen),
    },
  ];
}

/** The value that all polls together must reach before a scan can be wanted, in seconds. */
export function minScanValue(totals: ScanTotals, pagesOf: (status: ListedStatus) => number): number {
  return totals.price * leastCost(scanOptions(totals, pagesOf));
}

/**
 * The scan of the highest value a call, if that is above the price; where a poll is due and can be made at once, it must
 * be {@link MARGIN} times the value of that poll.
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
    if (plan === undefined || other.value * plan.cost > plan.value * other.cost) {
      plan = other;
    }
  }
  if (plan === undefined || plan.value <= 0) {
    return undefined;
  }
  const paysOff = plan.value >= totals.price * plan.cost;
  const isDue = totals.best >= NEARLY * totals.price;
  const isWanted =
    batch === "always"
      ? paysOff || isDue
      : paysOff &&
        (!isDue || totals.isBacklogged || servesAll || plan.value >= MARGIN * totals.best * plan.cost);
  const { kind, statuses, pages, value } = plan;
  return isWanted ? { kind, statuses, pages, value } : undefined;
}

/**
 * Whether the tasks are served for less by scans alone than by polls of each. A poll is due when the unnoticed
 * waiting costs as much as the call, so polls cost twice their price, the calls and the waiting. Scans of cost `c` that
 * are made when all values together reach `c` prices come every `T` with `endsPerSecond T^2 / 2 = c price`, and cost
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
