import { MAX_DURATIONS, type TaskHistory } from "../../src/policy/forecast/history.ts";
import { ACCOUNTS } from "./account.ts";
import { measureOurs, measureRival, type Workload } from "./cell.ts";
import type { DurationModel } from "./durations.ts";
import { ESTIMATE_MODELS, type EstimateName } from "./estimate-models.ts";
import { leastCost } from "./least-cost.ts";
import { type Knowledge, type Measurement, summarize } from "./measurement.ts";
import { PROGRESS_MODELS, type ProgressName } from "./progress-models.ts";
import type { Rival } from "./rivals.ts";
import { meanRoundTripMs } from "./simulated-task.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The price that nobody has to set. */
export const DEFAULT_PRICE = 0.5;

/** With which we are compared with the rivals at equal calls. */
export const COMPARED: readonly { readonly progress: ProgressName; readonly knowledge: Knowledge }[] = [
  { progress: "none", knowledge: "first" },
  { progress: "none", knowledge: "known" },
  { progress: "noisy", knowledge: "first" },
  { progress: "step10", knowledge: "first" },
  { progress: "step10", knowledge: "known" },
  { progress: "linear", knowledge: "known" },
];

/** Progress that lies about the end, or says nothing for long. */
export const LYING: readonly ProgressName[] = ["early", "stages", "stuck99", "stall"];

/** What the service says of the time left, as a {@link Measurement} names it. */
export const estimateTrouble = (name: EstimateName): string => `estimate: ${name}`;
export const ESTIMATES = Object.keys(ESTIMATE_MODELS) as readonly EstimateName[];

/** What a workload has besides, and how a {@link Measurement} names it. */
interface Trouble {
  readonly name: string;
  readonly workload: Pick<Workload, "skewMs" | "isSkewKnown" | "isAttached" | "isExact" | "estimate">;
}

/** A clock that is off, and the same wait with a clock that is not. */
export interface ClockTrouble extends Trouble {
  readonly clean: string;
}

const SKEWS_MS = [-60_000, -5000, 5000, 60_000];

export const CLOCK_TROUBLES: readonly ClockTrouble[] = [
  { name: "started here, whole seconds", clean: "started here, exact", workload: {} },
  { name: "attached, whole seconds", clean: "attached, exact", workload: { isAttached: true } },
  ...SKEWS_MS.map((skewMs) => ({
    name: `started here, clock ${skewMs / 1000} s`,
    clean: "started here, exact",
    workload: { skewMs },
  })),
  ...SKEWS_MS.map((skewMs) => ({
    name: `attached, clock ${skewMs / 1000} s, known`,
    clean: "attached, exact",
    workload: { skewMs, isSkewKnown: true, isAttached: true },
  })),
];

const CLEAN: readonly Trouble[] = [
  { name: "started here, exact", workload: { isExact: true } },
  { name: "attached, exact", workload: { isExact: true, isAttached: true } },
];

const KNOWLEDGE: readonly Knowledge[] = ["first", "known"];
const LOWEST_PRICE = DEFAULT_PRICE / 4 ** 6;
const HIGHEST_PRICE = DEFAULT_PRICE * 128;
// Where a rival needs more calls than that, no price of ours is searched for that does.
const MAX_CALLS = 300;
// The training has durations of its own.
const OTHER_SEED = 1_000_003;
// Lower prices would need a finer grid of the bound.
const BOUND_PRICES = [-2, 0, 2, 4, 6].map((power) => DEFAULT_PRICE * 2 ** power);

/** Everything that is measured with one duration model. */
export async function measureModel(
  time: VirtualTime,
  rivals: readonly Rival[],
  { model, seed, count }: { readonly model: DurationModel; readonly seed: number; readonly count: number },
): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  let history: TaskHistory | undefined;
  const ours = async (
    progress: ProgressName,
    knowledge: Knowledge,
    price: number,
    { name: trouble, workload }: Trouble = { name: "", workload: {} },
  ): Promise<Measurement> => {
    const asked = { seed, model, progress, count, history, waitPriceMs: 1000 * price };
    const { costs } = await measureOurs(time, { ...asked, ...workload });
    const result = summarize(costs, { model: model.name, who: "ours", progress, knowledge, trouble, price });
    measured.push(result);
    return result;
  };

  for (const rival of rivals) {
    const workload: Workload = { seed, model, progress: "none", count };
    const costs = await measureRival(time, workload, rival);
    const labels = { model: model.name, who: rival.name, progress: "none", knowledge: "first" } as const;
    measured.push(summarize(costs, { ...labels, trouble: "" }));
  }
  const rivalCalls = measured.map(({ calls }) => calls);
  const span = { least: Math.min(...rivalCalls), most: Math.min(MAX_CALLS, Math.max(...rivalCalls)) };

  for (const knowledge of KNOWLEDGE) {
    let plain: Measurement | undefined;
    for (const progress of Object.keys(PROGRESS_MODELS) as ProgressName[]) {
      history = knowledge === "first" ? undefined : await train(time, { seed, model, progress });
      const asUsual = await ours(progress, knowledge, DEFAULT_PRICE);
      plain ??= asUsual;
      const isCompared = COMPARED.some((kind) => kind.progress === progress && kind.knowledge === knowledge);
      const wanted = isCompared ? span : LYING.includes(progress) ? oneOf(plain) : oneOf(asUsual);
      let { calls } = asUsual;
      for (let price = DEFAULT_PRICE / 4; calls < wanted.most && price >= LOWEST_PRICE; price /= 4) {
        ({ calls } = await ours(progress, knowledge, price));
      }
      ({ calls } = asUsual);
      for (let price = 2 * DEFAULT_PRICE; calls > wanted.least && price <= HIGHEST_PRICE; price *= 2) {
        ({ calls } = await ours(progress, knowledge, price));
      }
    }
  }
  for (const estimate of ESTIMATES) {
    for (const knowledge of KNOWLEDGE) {
      history =
        knowledge === "first" ? undefined : await train(time, { seed, model, progress: "none", estimate });
      const trouble = { name: estimateTrouble(estimate), workload: { estimate } };
      await ours("none", knowledge, DEFAULT_PRICE, trouble);
    }
  }
  history = undefined;
  for (const trouble of [...CLEAN, ...CLOCK_TROUBLES]) {
    await ours("noisy", "first", DEFAULT_PRICE, trouble);
  }
  for (const account of ACCOUNTS) {
    const asked = { seed, model, progress: "none", count, history, account } as const;
    const { costs } = await measureOurs(time, asked);
    const labels = { model: model.name, who: "ours", progress: "none", knowledge: "first" } as const;
    measured.push(summarize(costs, { ...labels, trouble: account, price: DEFAULT_PRICE }));
  }
  return [...measured, ...bound(model)];
}

/** Fifty waits of the type. */
async function train(
  time: VirtualTime,
  { seed, ...tasks }: Pick<Workload, "seed" | "model" | "progress" | "estimate">,
): Promise<TaskHistory> {
  const earlier = { ...tasks, seed: seed + OTHER_SEED, count: MAX_DURATIONS, history: [] };
  const { history } = await measureOurs(time, earlier);
  return history;
}

function oneOf({ calls }: Measurement): { readonly least: number; readonly most: number } {
  return { least: calls, most: calls };
}

/** The bound knows the distribution and pays the same for a call; an answer takes half a round trip, too. */
function bound(model: DurationModel): readonly Measurement[] {
  const answer = meanRoundTripMs() / 2000;
  return BOUND_PRICES.map((price) => {
    const { calls, lateness } = leastCost(model, price);
    const late = lateness + answer;
    const labels = {
      model: model.name,
      who: "bound",
      progress: "none",
      knowledge: "known",
      trouble: "",
    } as const;
    return {
      ...labels,
      price,
      calls,
      lateness: late,
      p50: Number.NaN,
      p99: Number.NaN,
      relative: Number.NaN,
    };
  });
}
