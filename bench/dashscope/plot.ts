import { drawFigure } from "../single/figure.ts";
import type { Measured } from "./run.ts";

const OURS = "#3182bd";
const THEIRS = "black";

/** Lateness against calls of all that see each task end: a dot for each seed, as SVG. */
export async function drawDashscope(measured: readonly Measured[]): Promise<string> {
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
  return await drawFigure((Plot) => ({
    width: 1000,
    height: 380,
    marginRight: 150,
    fx: { label: null },
    marks: [
      Plot.dot(dots, { ...at, r: 3, fill }),
      Plot.text(labeled, { ...at, text: "name", dx: 8, textAnchor: "start", fontSize: 10, fill }),
    ],
  }));
}
