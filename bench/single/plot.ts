import { drawFigure, type PlotLibrary } from "./figure.ts";
import type { OurKind, Results } from "./results.ts";

const SHOWN_MODELS = ["LN(10,1)", "LN(120,1)", "LN(1800,1)"];
const TITLES: Readonly<Record<string, string>> = {
  "LN(10,1)": "tasks of about 10 s",
  "LN(120,1)": "tasks of about 2 min",
  "LN(1800,1)": "tasks of about 30 min",
};
const LINES: readonly { readonly kind: OurKind; readonly label: string }[] = [
  { kind: { progress: "none", knowledge: "first" }, label: "taskwait, no progress, first wait" },
  { kind: { progress: "none", knowledge: "known" }, label: "taskwait, no progress, after 50 waits" },
  { kind: { progress: "noisy", knowledge: "first" }, label: "taskwait, noisy progress, first wait" },
  { kind: { progress: "linear", knowledge: "known" }, label: "taskwait, linear progress, after 50 waits" },
];
const BOUND = "best fixed schedule, distribution known";
const COLORS = ["#9ecae1", "#3182bd", "#e6550d", "#31a354", "#969696"];

/** Lateness against calls, for us at all prices, for the rivals at their defaults, and for the bound, as SVG. */
export async function drawLateness(results: Results): Promise<string> {
  const lines = SHOWN_MODELS.flatMap((model) => [
    ...LINES.flatMap(({ kind, label }) =>
      results
        .curve(model, kind)
        .map(({ calls, lateness }) => ({ calls, lateness, label, model: TITLES[model] })),
    ),
    ...results.all
      .filter((m) => m.who === "bound" && m.model === model)
      .map(({ calls, lateness }) => ({ calls, lateness, label: BOUND, model: TITLES[model] })),
  ]).sort((a, b) => a.calls - b.calls);
  // p-wait-for was set to the interval of aliyun-cli, so the two are in one place.
  const shown = results.rivals.filter((who) => !who.startsWith("p-wait-for"));
  const dots = SHOWN_MODELS.flatMap((model) =>
    shown.map((who) => {
      const { calls, lateness } = results.rival(model, who);
      return {
        calls,
        lateness,
        who: who.replace("aliyun-cli", "p-wait-for, aliyun-cli"),
        model: TITLES[model],
      };
    }),
  );
  const label = { text: "who", dx: 6, textAnchor: "start", fontSize: 10 };
  const at = { x: "calls", y: "lateness", fx: "model" };
  return await drawFigure((Plot) => ({
    width: 1150,
    height: 500,
    marginTop: 90,
    marginRight: 130,
    fx: { label: null, domain: Object.values(TITLES) },
    color: { domain: [...LINES.map(({ label }) => label), BOUND], range: COLORS, legend: false },
    marks: [
      Plot.line(lines, { ...at, stroke: "label", strokeWidth: 2 }),
      Plot.dot(dots, { ...at, r: 3, fill: "black" }),
      Plot.text(
        dots.filter((dot) => !isBeside(dot, dots)),
        { ...at, ...label, dy: -6 },
      ),
      Plot.text(
        dots.filter((dot) => isBeside(dot, dots)),
        { ...at, ...label, dy: 13 },
      ),
      ...legend(Plot),
    ],
  }));
}

interface Dot {
  readonly calls: number;
  readonly lateness: number;
  readonly model: string | undefined;
}

/** Whether another dot stands where the label of this one would: it goes below then. */
function isBeside({ calls, lateness, model }: Dot, dots: readonly Dot[]): boolean {
  return dots.some(
    (other) =>
      other.model === model &&
      other.calls > calls &&
      other.calls < 3 * calls &&
      Math.abs(Math.log(other.lateness / lateness)) < 0.12,
  );
}

/** Two rows above the first frame: a legend of the library's own would not be part of the SVG. */
function legend(Plot: PlotLibrary): readonly object[] {
  return [...LINES.map(({ label }) => label), BOUND].map((label, i) =>
    Plot.text([{ label: `\u2501 ${label}`, model: Object.values(TITLES)[0] }], {
      fx: "model",
      text: "label",
      frameAnchor: "top-left",
      textAnchor: "start",
      dx: 330 * (i % 3),
      dy: i < 3 ? -62 : -44,
      fill: COLORS[i] ?? "black",
      fontSize: 12,
    }),
  );
}
