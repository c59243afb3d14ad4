import type { Claim } from "./claims.ts";
import { callsAt, latenessAt } from "./curve.ts";
import { costAt, geometricMean, type Measurement } from "./measurement.ts";
import type { OurKind, Results } from "./results.ts";
import { COMPARED } from "./suite.ts";

const JUDGES = [0.02, 0.05, 0.2, 0.5, 2, 10];
const SHOWN: readonly OurKind[] = [
  { progress: "none", knowledge: "first" },
  { progress: "none", knowledge: "known" },
  { progress: "noisy", knowledge: "first" },
  { progress: "noisy", knowledge: "known" },
  { progress: "linear", knowledge: "known" },
];

/** Everybody's averages, by duration model. */
export function averagesTable(results: Results): string {
  const rows = results.models.flatMap((model) => [
    ...results.rivals.map((who) => averagesRow(results.rival(model, who), who)),
    ...SHOWN.map((kind) =>
      averagesRow(results.ours(model, kind), `ours, ${kind.progress}, ${kind.knowledge}`),
    ),
    averagesRow(results.bound(model), "bound, known distribution"),
  ]);
  return table(["durations", "who", "calls", "late mean s", "p50 s", "p99 s", "of duration"], rows);
}

/** What everybody gives at the other's calls or lateness, as geometric means. */
export function equalTable(results: Results): string {
  const rows = results.rivals.flatMap((who) =>
    COMPARED.map(({ progress, knowledge }) => {
      const pairs = results.models.map((model) => ({
        theirs: results.rival(model, who),
        curve: results.curve(model, { progress, knowledge }),
      }));
      const late = pairs.map(({ theirs, curve }) => over(theirs.lateness, latenessAt(theirs.calls, curve)));
      const calls = pairs.map(({ theirs, curve }) => over(theirs.calls, callsAt(theirs.lateness, curve)));
      return [who, progress, knowledge, meanOf(late), meanOf(calls)];
    }),
  );
  return table(
    ["rival", "progress", "our waits", "lateness at equal calls", "calls at equal lateness"],
    rows,
  );
}

/** Their cost over ours at the defaults, whatever the judge thinks that a call is worth. */
export function judgesTable(results: Results): string {
  const kinds = SHOWN.slice(0, 4);
  const rows = JUDGES.flatMap((price) =>
    results.rivals.map((who) => [
      `${price} s`,
      who,
      ...kinds.map((kind) => {
        const ratios = results.models.map(
          (model) => costAt(price, results.rival(model, who)) / costAt(price, results.ours(model, kind)),
        );
        const lost = ratios.filter((ratio) => ratio < 1).length;
        return `${geometricMean(ratios).toFixed(2)} (${lost}/${ratios.length})`;
      }),
    ]),
  );
  return table(["a call is worth", "rival", ...kinds.map((k) => `${k.progress}, ${k.knowledge}`)], rows);
}

/** The claims, one a line. */
export function claimsTable(claims: readonly Claim[]): string {
  return table(
    ["", "claim (geometric mean)", "measured", "limit", "not reached by any price"],
    claims.map(({ name, value, limit, direction, holds, unreached }) => [
      holds ? "ok" : "FAILED",
      name,
      value.toFixed(2),
      `${direction} ${limit}`,
      unreached.join(" "),
    ]),
  );
}

function averagesRow(measurement: Measurement, who: string): string[] {
  const { model, calls, lateness, p50, p99, relative } = measurement;
  const share = Number.isNaN(relative) ? "-" : `${(100 * relative).toFixed(1)} %`;
  return [model, who, digits(calls), digits(lateness), digits(p50), digits(p99), share];
}

function over(theirs: number, ours: number | undefined): number | undefined {
  return ours === undefined ? undefined : theirs / ours;
}

function meanOf(ratios: readonly (number | undefined)[]): string {
  const known = ratios.filter((ratio) => ratio !== undefined);
  const missing = ratios.length - known.length;
  const note = missing === 0 ? "" : ` (${missing} not reached)`;
  return known.length === 0 ? "-" : `${geometricMean(known).toFixed(2)}${note}`;
}

function digits(value: number): string {
  return Number.isNaN(value) ? "-" : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
