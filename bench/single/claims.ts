import { ACCOUNTS } from "./account.ts";
import { latenessAt } from "./curve.ts";
import type { EstimateName } from "./estimate-models.ts";
import { costAt, geometricMean } from "./measurement.ts";
import type { OurKind, Results } from "./results.ts";
import { CLOCK_TROUBLES, DEFAULT_PRICE, ESTIMATES, estimateTrouble, LYING } from "./suite.ts";

/** Something that we say of ourselves, with what was measured. */
export interface Claim {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  /** Whether the value may not be above the limit, or not below. */
  readonly direction: "at most" | "at least";
  readonly holds: boolean;
  /** Duration models that the mean leaves out, because no price of the curve reaches the other's calls. */
  readonly unreached: readonly string[];
}

const FIRST_NOISY: OurKind = { progress: "noisy", knowledge: "first" };
const KNOWN_NONE: OurKind = { progress: "none", knowledge: "known" };

const HELPFUL: ReadonlySet<string> = new Set(["20 ended tasks", "50 ended tasks"]);

/** All claims, each a geometric mean over the duration suite. */
export function checkClaims(results: Results): readonly Claim[] {
  return [
    ...boundClaims(results),
    ...equalCallsClaims(results),
    ...defaultsClaims(results),
    ...lyingClaims(results),
    ...clockClaims(results),
    ...accountClaims(results),
    ...estimateClaims(results),
  ];
}

function boundClaims(results: Results): Claim[] {
  const against = (name: string, kind: OurKind, limit: number): Claim =>
    claim(
      `cost / bound, ${name}`,
      "at most",
      limit,
      results,
      (model) =>
        costAt(DEFAULT_PRICE, results.ours(model, kind)) / costAt(DEFAULT_PRICE, results.bound(model)),
    );
  return [
    against("no progress after 50 waits", KNOWN_NONE, 1.1),
    against("no progress, first wait", { progress: "none", knowledge: "first" }, 1.4),
    against("noisy progress after 50 waits", { progress: "noisy", knowledge: "known" }, 0.6),
    against("linear progress after 50 waits", { progress: "linear", knowledge: "known" }, 0.3),
  ];
}

/** At the rival's number of calls, how much later it is than we. */
function equalCallsClaims(results: Results): Claim[] {
  const rough = { "core-lro": 3, "aliyun-cli": 4.5, terraform: 7, smithy: 9, gax: 12 };
  const smooth = { "core-lro": 8, "aliyun-cli": 16, terraform: 30, smithy: 80, gax: 60 };
  const asked = [
    { progress: "noisy", limits: rough },
    { progress: "step10", limits: rough },
    { progress: "linear", limits: smooth },
  ] as const;
  return asked.flatMap(({ progress, limits }) =>
    Object.entries(limits).map(([rival, limit]) => {
      const who = rivalNamed(results, rival);
      const kind: OurKind = { progress, knowledge: progress === "linear" ? "known" : "first" };
      const waits = kind.knowledge === "first" ? "first wait" : "after 50 waits";
      return claim(
        `lateness at equal calls, ${who} / ours, ${progress}, ${waits}`,
        "at least",
        limit,
        results,
        (model) => {
          const theirs = results.rival(model, who);
          const ours = latenessAt(theirs.calls, results.curve(model, kind));
          return ours === undefined ? undefined : theirs.lateness / ours;
        },
      );
    }),
  );
}

function defaultsClaims(results: Results): Claim[] {
  const against = (rival: string, kind: OurKind, limit: number): Claim => {
    const who = rivalNamed(results, rival);
    const waits = kind.knowledge === "first" ? "first wait" : "after 50 waits";
    return claim(
      `cost of defaults, ${who} / ours, ${kind.progress}, ${waits}`,
      "at least",
      limit,
      results,
      (model) =>
        costAt(DEFAULT_PRICE, results.rival(model, who)) / costAt(DEFAULT_PRICE, results.ours(model, kind)),
    );
  };
  return [
    against("gax", FIRST_NOISY, 3),
    against("terraform", FIRST_NOISY, 3),
    against("smithy", FIRST_NOISY, 4),
    against("core-lro", FIRST_NOISY, 6),
    ...["gax", "terraform", "smithy", "core-lro"].map((rival) => against(rival, KNOWN_NONE, 1.8)),
  ];
}

/** At equal calls, how much later lying progress makes us than none. */
function lyingClaims(results: Results): Claim[] {
  return (["first", "known"] as const).flatMap((knowledge) =>
    LYING.map((progress) => {
      const waits = knowledge === "first" ? "first wait" : "after 50 waits";
      const limit = knowledge === "first" ? 2.3 : 1.3;
      return claim(
        `lateness at equal calls, ${progress} / none, ${waits}`,
        "at most",
        limit,
        results,
        (model) => {
          const plain = results.ours(model, { progress: "none", knowledge });
          const misled = latenessAt(plain.calls, results.curve(model, { progress, knowledge }));
          return misled === undefined ? undefined : misled / plain.lateness;
        },
      );
    }),
  );
}

function clockClaims(results: Results): Claim[] {
  return CLOCK_TROUBLES.map(({ name, clean }) =>
    claim(
      `cost / ${clean}, noisy: ${name}`,
      "at most",
      1.3,
      results,
      (model) =>
        costAt(DEFAULT_PRICE, results.ours(model, FIRST_NOISY, name)) /
        costAt(DEFAULT_PRICE, results.ours(model, FIRST_NOISY, clean)),
    ),
  );
}

// Over seeds 1, 7 and 11: 1.15, 1.12, 1.16 with 20 ended tasks, 1.13 to 1.14 with 50; 0.87 to 1.02 where the page does not
// help.
const MAX_HELPED = 1.2;
const MAX_UNHELPED = 1.05;

/** What one page of ended tasks saves a first wait, its call included, and what it costs where it does not help. */
function accountClaims(results: Results): Claim[] {
  const first: OurKind = { progress: "none", knowledge: "first" };
  const cost = (model: string, trouble: string): number =>
    costAt(DEFAULT_PRICE, results.ours(model, first, trouble));
  return ACCOUNTS.map((account) =>
    HELPFUL.has(account)
      ? claim(
          `cost / bound, no progress, first wait: ${account}`,
          "at most",
          MAX_HELPED,
          results,
          (model) => cost(model, account) / costAt(DEFAULT_PRICE, results.bound(model)),
        )
      : claim(
          `cost less one call / cost without listings, no progress, first wait: ${account}`,
          "at most",
          MAX_UNHELPED,
          results,
          (model) => (cost(model, account) - DEFAULT_PRICE) / cost(model, ""),
        ),
  );
}

// Over seeds 1, 7 and 11: 0.41, 0.46, 0.45, 0.51 where the estimate is proportional to the truth; 0.84 by whole minutes,
// 0.95 by the usual run time, 1.10, 1.01 and 1.19 where it says the same all the time. After 50 waits at most 1.03.
const MAX_ESTIMATED: Readonly<Record<EstimateName, number>> = {
  exact: 0.45,
  rough: 0.5,
  double: 0.5,
  half: 0.55,
  minutes: 0.9,
  usual: 1,
  soon: 1.15,
  zero: 1.05,
  never: 1.25,
};
const MAX_ESTIMATED_KNOWN = 1.1;

/** What a service's own estimate of the time left saves, and what it costs where it is wrong. */
function estimateClaims(results: Results): Claim[] {
  return ESTIMATES.flatMap((name) =>
    (["first", "known"] as const).map((knowledge) => {
      const waits = knowledge === "first" ? "first wait" : "after 50 waits";
      const kind: OurKind = { progress: "none", knowledge };
      return claim(
        `cost / cost without an estimate, ${name}, ${waits}`,
        "at most",
        knowledge === "first"
          ? MAX_ESTIMATED[name]
          : Math.min(MAX_ESTIMATED_KNOWN, MAX_ESTIMATED[name] + 0.15),
        results,
        (model) =>
          costAt(DEFAULT_PRICE, results.ours(model, kind, estimateTrouble(name))) /
          costAt(DEFAULT_PRICE, results.ours(model, kind)),
      );
    }),
  );
}

function claim(
  name: string,
  direction: Claim["direction"],
  limit: number,
  { models }: Results,
  ratio: (model: string) => number | undefined,
): Claim {
  const ratios = models.map((model) => ({ model, value: ratio(model) }));
  const value = geometricMean(ratios.flatMap((entry) => (entry.value === undefined ? [] : [entry.value])));
  const holds = direction === "at most" ? value <= limit : value >= limit;
  const unreached = ratios.filter((entry) => entry.value === undefined).map(({ model }) => model);
  return { name, value, limit, direction, holds, unreached };
}

function rivalNamed({ rivals }: Results, name: string): string {
  const who = rivals.find((rival) => rival.startsWith(name));
  if (who === undefined) {
    throw new Error(`no rival ${name}`);
  }
  return who;
}
