// Runs the cases of the ablation once, with one knob changed or none, and prints what each costs as JSON.
import { register } from "node:module";
import { argv } from "node:process";
import { ABLATION_CASES, KNOBS } from "./knobs.ts";
import { installVirtualTime } from "./virtual-time.ts";

const [, , seed = "1", index = ""] = argv;
register("./knob-loader.js", import.meta.url, { data: KNOBS[Number(index || Number.NaN)] });
installVirtualTime();
const { runFleet } = await import("./fleet-run.ts");
const { FLEET_CASES } = await import("./targets.ts");

/** In seconds: what a call is held to cost by default. */
const PRICE_S = 0.5;
const MAX_REAL_S = 600;

const costs: Record<string, number> = {};
for (const { name, spec } of FLEET_CASES.filter((each) => ABLATION_CASES.includes(each.name))) {
  const terms = { seed: Number(seed), rttMs: 100, progress: "noisy", ...spec } as const;
  const { calls, mean, failed, isCut } = await runFleet({ batch: "auto" }, terms, MAX_REAL_S);
  costs[name] = isCut || failed > 0 ? Number.NaN : PRICE_S * calls + mean;
}
console.log(JSON.stringify(costs));
