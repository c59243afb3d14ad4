import { load } from "./load.ts";
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

type Channels = Readonly<Record<string, string | number>>;

interface PlotLibrary {
  plot(options: object): { readonly outerHTML: string };
  frame(options: Channels): object;
  line(data: readonly object[], channels: Channels): object;
  dot(data: readonly object[], channels: Channels): object;
  text(data: readonly object[], channels: Channels): object;
}

/** Lateness against calls, for us at all prices, for the rivals at their defaults, and for the bound, as SVG. */
export async function drawLateness(results: Results): Promise<string> {
  const Plot = await load<PlotLibrary>("@observablehq/plot");
  const { parseHTML } = await load<{ parseHTML(html: string): { document: object } }>("linkedom");
  const lines = SHOWN_MODELS.flatMap((model) => [
    ...LINES.flatMap(({ kind, label }) =>
      results
        .sweep(model, kind)
        .map(({ calls, lateness }) => ({ calls, lateness, label, model: TITLES[model] })),
    ),
    ...results.all
      .filter((m) => m.who === "bound" && m.model === model)
      .map(({ calls, lateness }) => ({ calls, lateness, label: BOUND, model: TITLES[model] })),
  ]).sort((a, b) => a.calls - b.calls);
  const dots = SHOWN_MODELS.flatMap((model) =>
    results.rivals.map((who) => {
      const { calls, lateness } = results.rival(model, who);
      return { calls, lateness, who, model: TITLES[model] };
    }),
  );
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return Plot.plot({
    document,
    width: 1080,
    height: 460,
    marginLeft: 60,
    marginBottom: 45,
    x: { type: "log", label: "calls per wait", grid: true, ticks: 4, tickFormat: "~s" },
    y: { type: "log", label: "mean lateness, seconds", grid: true, tickFormat: "~g" },
    fx: { label: null, domain: Object.values(TITLES) },
    color: { domain: [...LINES.map(({ label }) => label), BOUND], range: COLORS, legend: true },
    style: { fontSize: "12px", background: "white" },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      Plot.line(lines, { x: "calls", y: "lateness", stroke: "label", fx: "model", strokeWidth: 2 }),
      Plot.dot(dots, { x: "calls", y: "lateness", fx: "model", r: 3, fill: "black" }),
      Plot.text(dots, { x: "calls", y: "lateness", fx: "model", text: "who", dy: -9, fontSize: 10 }),
    ],
  }).outerHTML;
}
