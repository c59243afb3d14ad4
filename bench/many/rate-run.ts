import { type Random, seeded, seedOf } from "../single/seeded.ts";
import { jainIndex } from "./jain.ts";
import type { Pacer } from "./pacers.ts";
import { Quota } from "./quota.ts";
import type { RateScenario } from "./rate-scenarios.ts";
import { runUntil, virtualNowMs } from "./virtual-time.ts";

/** How a pacer did before a hidden quota. */
export interface RateResult {
  /** Of the quota, 0 to 1. */
  readonly used: number;
  /** Of all calls. */
  readonly throttled: number;
  /** Seconds until 80 % of the quota was used over a second. */
  readonly reached80S: number | undefined;
  /** Jain's index over the clients, second half; 1 is fair. */
  readonly jain: number;
}

const LASTS_S = 600;
const RTT_MS = 100;
const WORKERS = 32;

/** One run, in virtual time. */
export async function runRate(make: () => Pacer, scenario: RateScenario, seed: number): Promise<RateResult> {
  const beganMs = virtualNowMs();
  const random = seeded(seedOf(seed, scenario.name));
  // Not in step with the service's windows.
  const offsetMs = 1000 * random();
  const quota = new Quota(scenario.quota);
  const joins = scenario.joinS ?? [0];
  const counts = joins.map(() => 0);
  const perSecond = new Array<number>(LASTS_S + 2).fill(0);
  const endMs = beganMs + 1000 * LASTS_S;
  const clients = joins.map(async (joinS, index) => {
    await pause(1000 * joinS + 137 * index + 1);
    const pacer = make();
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        while (virtualNowMs() < endMs) {
          await pacer.permit();
          await oneWay(random);
          const ms = virtualNowMs() - beganMs;
          const verdict = quota.call(ms + offsetMs);
          if (verdict.isAccepted) {
            perSecond[Math.floor(ms / 1000)] = (perSecond[Math.floor(ms / 1000)] ?? 0) + 1;
            counts[index] = (counts[index] ?? 0) + (ms > 500 * LASTS_S ? 1 : 0);
          }
          await oneWay(random);
          pacer.answered(verdict);
        }
      }),
    );
  });
  await runUntil(endMs);
  const { accepted, refused } = quota;
  const result: RateResult = {
    used: Math.min(1, accepted / quota.capacity(LASTS_S)),
    throttled: refused / Math.max(1, accepted + refused),
    reached80S: reached(perSecond, quota),
    jain: jainIndex(counts),
  };
  await runUntil(endMs + 60_000);
  void clients;
  return result;
}

function reached(perSecond: readonly number[], quota: Quota): number | undefined {
  const at = perSecond.findIndex((count, s) => count >= 0.8 * (quota.capacity(s + 1) - quota.capacity(s)));
  return at < 0 ? undefined : at;
}

function oneWay(random: Random): Promise<void> {
  return pause((RTT_MS / 2) * (0.8 + 0.4 * random()));
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
