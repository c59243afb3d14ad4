// A process of its own: one DashScope for each run, so that every contestant has an account to itself.
import { presets } from "../../src/apis/presets.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { seeded, seedOf } from "../single/seeded.ts";

/** What a run is against. */
export interface Account {
  readonly endpoint: string;
  readonly apiKey: string;
  /** When each task ends, in Unix milliseconds. */
  readonly endsAtMs: readonly number[];
}

/** What a run has cost. */
export interface Cost {
  readonly calls: number;
  readonly throttled: number;
}

/** What the parent asks for. */
export type Order =
  | { readonly id: number; readonly kind: "open"; readonly seed: number; readonly tasks: number }
  | { readonly id: number; readonly kind: "close"; readonly of: number };

/** Documented: 20 calls a second for an account, all calls together. */
const QUOTA = { perSecond: 20 };
const MIN_TASK_MS = 5000;
const MAX_TASK_MS = 30_000;
const opened = new Map<number, Emulator>();

process.on("message", async (order: Order) => {
  const answer = await (order.kind === "open" ? open(order) : close(order.of));
  process.send?.({ id: order.id, answer });
});
process.on("disconnect", () => process.exit(0));

async function open({ id, seed, tasks }: Order & { readonly kind: "open" }): Promise<Account> {
  const emulator = await startEmulator({
    apis: [presets.dashscope],
    quota: QUOTA,
    faults: "latency=20..40",
    seed,
    keepRequests: 0,
  });
  opened.set(id, emulator);
  const random = seeded(seedOf(seed, "dashscope", tasks));
  const endsAtMs = Array.from({ length: tasks }, (_, index) => {
    const durationMs = MIN_TASK_MS + (MAX_TASK_MS - MIN_TASK_MS) * random();
    return emulator.world.addTask({ taskId: `t-${index}`, durationMs }).endsAtMs;
  });
  return { endpoint: emulator.endpoint, apiKey: emulator.apiKey ?? "", endsAtMs };
}

async function close(id: number): Promise<Cost> {
  const emulator = opened.get(id);
  opened.delete(id);
  const { accepted = 0, throttled = 0 } = emulator?.counters("dashscope") ?? {};
  await emulator?.stop();
  return { calls: accepted + throttled, throttled };
}
