import { drawFigure } from "../single/figure.ts";
import type { Measured } from "./run.ts";

const OURS = "#3182bd";
const THEIRS = "black";

/** Lateness against calls of all that see each task end: a dot for each seed, as SVG. */
export async function drawDashscope(measured: readonly Measured[]): Promise<string> {
  const dots = measured
    .filter(({ right, tasks }) => right === tasks)
    .map((one) => ({ ...one, fleet: fleetName(one) }));
  const seen = new Set<string>();
  const labeled = dots.filter(({ name, fleet }) => {
    const key = `${name} ${fleet}`;
    return seen.has(key) ? false : seen.add(key);
  });
  const ours = labeled.filter(isOurs);
  // Two of them lie close together: one's name is above its dot.
  const [above, below] = [true, false].map((isAbove) =>
    labeled.filter((one) => !isOurs(one) && one.name.startsWith("AI SDK") === isAbove),
  );
  const fill = (one: Measured): string => (isOurs(one) ? OURS : THEIRS);
  const at = { x: "calls", y: "meanLateS", fx: "fleet" };
  const name = { ...at, text: "name", fontSize: 10, fill };
  return await drawFigure((Plot) => ({
    width: 900,
    height: 380,
    x: { type: "log", domain: [0.3, 40], label: "calls per wait", grid: true, ticks: 4, tickFormat: "~s" },
    y: { type: "log", domain: [0.1, 150], label: "mean lateness, seconds", grid: true, tickFormat: "~g" },
    fx: { label: null, domain: [...new Set([...measured].sort((a, b) => a.tasks - b.tasks).map(fleetName))] },
    marks: [
      Plot.dot(dots, { ...at, r: 3, fill }),
      Plot.text(ours, { ...name, dx: 8, textAnchor: "start" }),
      Plot.text(above ?? [], { ...name, dx: -8, dy: -7, textAnchor: "end" }),
      Plot.text(below ?? [], { ...name, dx: -8, dy: 7, textAnchor: "end" }),
    ],
  }));
}

function isOurs({ name }: Measured): boolean {
  return name.startsWith("taskwait");
}

function fleetName({ tasks }: Measured): string {
  return `${tasks.toLocaleString("en")} tasks of 5 to 30 s`;
}
