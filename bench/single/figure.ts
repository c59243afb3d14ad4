import { load } from "./load.ts";

type Channels = Readonly<Record<string, unknown>>;

/** What is used of Observable Plot. */
export interface PlotLibrary {
  plot(options: object): { readonly outerHTML: string };
  frame(options: Channels): object;
  line(data: readonly object[], channels: Channels): object;
  dot(data: readonly object[], channels: Channels): object;
  text(data: readonly object[], channels: Channels): object;
}

/** What differs from figure to figure: sizes, facets, and what is drawn in the frames. */
export interface Figure {
  readonly marks: readonly object[];
  readonly [option: string]: unknown;
}

/** Lateness against calls, both logarithmic, as SVG. */
export async function drawFigure(figureOf: (Plot: PlotLibrary) => Figure): Promise<string> {
  const Plot = await load<PlotLibrary>("@observablehq/plot");
  const { parseHTML } = await load<{ parseHTML(html: string): { document: object } }>("linkedom");
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { marks, ...options } = figureOf(Plot);
  const { outerHTML } = Plot.plot({
    document,
    marginLeft: 60,
    marginBottom: 45,
    x: { type: "log", label: "calls per wait", grid: true, ticks: 4, tickFormat: "~s" },
    y: { type: "log", label: "mean lateness, seconds", grid: true, tickFormat: "~g" },
    style: { fontSize: "12px", background: "white" },
    ...options,
    marks: [Plot.frame({ stroke: "#ccc" }), ...marks],
  });
  // Without its namespace a browser takes it for no picture.
  return outerHTML.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
}
