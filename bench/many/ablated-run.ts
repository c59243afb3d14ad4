// Runs the cases of the ablation once, with one knob changed or none, and prints what each costs as JSON.
import { register } from "node:module";
import { argv } from "node:process";
import { ABLATION_CASES, KNOBS } from "./knobs.ts";
import { installVirtualTime } from "./virtual-time.ts";

const [, , seed = "1", index = ""] = argv;
register("./knob-loader.js", import.meta.url, { data: KNOBS[Number(index || Number.NaN)] });
installVirtualTime();
const { costOf, runFleet } = await import("./fleet-run.ts");
const { FLEET_CASES, serviceOf } = await import("./targets.ts");

const MAX_REAL_S = 600;

const costs: Record<string, number> = {};
for (const each of FLEET_CASES.filter(({ name }) => ABLATION_CASES.includes(name))) {
  const result = await runFleet({ batch: "auto" }, serviceOf(each, Number(seed)), MAX_REAL_S);
  costs[each.name] = result.isCut || result.failed > 0 ? Number.NaN : costOf(result);
}
console.log(JSON.stringify(costs));
