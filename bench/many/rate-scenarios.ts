import type { QuotaShape } from "./quota.ts";

/** What a controller must reach. */
export interface RateTarget {
  readonly leastUsed: number;
  readonly mostThrottled: number;
  /** Seconds until 80 % of the quota is used. */
  readonly most80S?: number;
  readonly leastJain?: number;
}

/** Saturated clients before a hidden quota. */
export interface RateScenario {
  readonly name: string;
  readonly quota: QuotaShape;
  /** When each client joins, in seconds. Default one, at 0. */
  readonly joinS?: readonly number[];
  readonly target?: RateTarget;
}

const usual: RateTarget = { leastUsed: 0.85, mostThrottled: 0.01, most80S: 6 };
const long: RateTarget = { leastUsed: 0.85, mostThrottled: 0.03 };

/** All of them run for ten minutes. */
export const RATE_SCENARIOS: readonly RateScenario[] = [
  { name: "R = 2", quota: { limit: 2 }, target: { leastUsed: 0.85, mostThrottled: 0.06 } },
  { name: "R = 5", quota: { limit: 5 }, target: { leastUsed: 0.85, mostThrottled: 0.06 } },
  { name: "R = 20", quota: { limit: 20 }, target: usual },
  { name: "R = 100", quota: { limit: 100 }, target: usual },
  { name: "R = 20, token bucket", quota: { limit: 20, isBucket: true }, target: usual },
  { name: "R = 20, retry-after", quota: { limit: 20, tellsRetryAfter: true } },
  { name: "R = 20, refused calls count", quota: { limit: 20, countsRefused: true } },
  { name: "200 per 10 s", quota: { limit: 200, windowS: 10 }, target: long },
  { name: "1200 per 60 s", quota: { limit: 1200, windowS: 60 }, target: long },
  {
    name: "1200 per 60 s, retry-after",
    quota: { limit: 1200, windowS: 60, tellsRetryAfter: true },
    target: long,
  },
  {
    name: "R 20, 10, 40, 20",
    quota: {
      limit: [
        [0, 20],
        [150, 10],
        [300, 40],
        [450, 20],
      ],
    },
    target: { leastUsed: 0.8, mostThrottled: 0.02 },
  },
  { name: "strangers take 10 of 20", quota: { limit: 20, strangers: 10 } },
  { name: "2 clients, R = 20", quota: { limit: 20 }, joinS: [0, 0] },
  {
    name: "3 clients, R = 20",
    quota: { limit: 20 },
    joinS: [0, 0, 0],
    target: { leastUsed: 0.85, mostThrottled: 0.03, leastJain: 0.95 },
  },
  { name: "3 clients join 0/100/200 s, R = 20", quota: { limit: 20 }, joinS: [0, 100, 200] },
  { name: "3 clients, R = 5", quota: { limit: 5 }, joinS: [0, 0, 0] },
];
