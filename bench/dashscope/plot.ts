import { load } from "../single/load.ts";
import type { Measured } from "./run.ts";

type Channels = Readonly<Record<string, unknown>>;

interface PlotLibrary {
  plot(options: object): { readonly outerHTML: string };
  frame(options: Channels): object;
  dot(data: readonly object[], channels: Channels): object;
  text(data: readonly object[], channels: Channels): object;
}

const OURS = "#3182bd";
const THEIRS = "black";

/** Lateness against calls of all that see each task end: a dot for each seed, as SVG. */
export async function drawDashscope(measured: readonly Measured[]): Promise<string> {
  const Plot = await load<PlotLibrary>("@observablehq/plot");
  const { parseHTML } = await load<{ parseHTML(html: string): { document: object } }>("linkedom");
  const dots = measured
    .filter(({ right, tasks }) => right === tasks)
    .map((one) => ({ ...one, fleet: `${one.tasks.toLocaleString("en")} tasks of 5 to 30 s` }));
  const seen = new Set<string>();
  const labeled = dots.filter(({ name, fleet }) => {
    const key = `${name} ${fleet}`;
    return seen.has(key) ? false : seen.add(key);
  });
  const fill = ({ name }: { readonly name: string }): string => (name.startsWith("taskwait") ? OURS : THEIRS);
  const at = { x: "calls", y: "meanLateS", fx: "fleet" };
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({
    document,
    width: 1000,
    height: 380,
    marginLeft: 60,
    marginRight: 150,
    marginBottom: 45,
    x: { type: "log", label: "calls per wait", grid: true, ticks: 4, tickFormat: "~s" },
    y: { type: "log", label: "mean lateness, seconds", grid: true, tickFormat: "~g" },
    fx: { label: null },
    style: { fontSize: "12px", background: "white" },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      Plot.dot(dots, { ...at, r: 3, fill }),
      Plot.text(labeled, { ...at, text: "name", dx: 8, textAnchor: "start", fontSize: 10, fill }),
    ],
  });
  // Without its namespace a browser takes it for no picture.
  return figure.outerHTML.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
}
