import { invalidOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { Random } from "../world/random.ts";
import type { Fault, FaultDecider } from "./fault.ts";

/** What `--fault` can name, beside `latency`, `skew` and `reset-connect`, and what it stands for. */
const NAMED_FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["reset", { kind: "reset", at: "request" }],
  ["reset-body", { kind: "reset", at: "body" }],
  ["hang", { kind: "hang", at: "headers" }],
  ["hang-body", { kind: "hang", at: "body" }],
  ["dribble", { kind: "dribble" }],
  ["truncate", { kind: "truncate" }],
  ["content-type", { kind: "contentType" }],
  ["html", { kind: "html" }],
  ["empty", { kind: "empty" }],
  ["500", { kind: "refuse", code: "InternalError" }],
  ["502", { kind: "refuse", code: "BadGateway" }],
  ["503", { kind: "refuse", code: "ServiceUnavailable" }],
  ["503-retry", { kind: "refuse", code: "ServiceUnavailable", retryAfterMs: 500 }],
  ["throttle", { kind: "refuse", code: "Throttling.User" }],
  ["throttle-retry", { kind: "refuse", code: "Throttling.User", retryAfterMs: 500 }],
  ["redirect", { kind: "redirect" }],
  ["gzip", { kind: "gzip" }],
  ["chunked", { kind: "chunked" }],
  ["huge", { kind: "huge" }],
  ["close", { kind: "close" }],
  ["duplicate", { kind: "duplicate" }],
]);
// Beyond the 15 minutes that the service forgives.
const SKEW_MS = 20 * 60_000;
const MAX_LATENCY_MS = 3_600_000;

/** Faults that come by chance. */
export interface FaultPlan {
  /** Each answer is late by something between the two. */
  readonly latency?: { readonly minMs: number; readonly maxMs: number };
  /** The chance, 0 to 1, of each named fault. They exclude one another, so their sum is 1 at most. */
  readonly chances: readonly { readonly name: string; readonly fault: Fault; readonly chance: number }[];
  /** The chance that a new connection is reset at once. */
  readonly resetConnect: number;
}

/** The names that {@link parseFaultFlags} knows. */
export const FAULT_NAMES: readonly string[] = ["latency", "skew", "reset-connect", ...NAMED_FAULTS.keys()];

/**
 * Reads `reset=0.02,latency=50..300`: names with chances from 0 to 1, and a latency in milliseconds, fixed or
 * between two figures.
 *
 * @throws `InvalidOptionError` naming the part that is wrong.
 */
export function parseFaultFlags(text: string): FaultPlan {
  let latency: FaultPlan["latency"];
  let resetConnect = 0;
  const chances: { name: string; fault: Fault; chance: number }[] = [];
  const seen = new Set<string>();
  for (const part of text.split(",").filter((piece) => piece.trim() !== "")) {
    const [, name = "", value = ""] = /^\s*([a-z0-9-]+)=(\S+)\s*$/.exec(part) ?? [];
    if (name === "") {
      throw invalidOption("fault", "must be a list of name=value", part);
    }
    if (seen.has(name)) {
      throw invalidOption(`fault ${quoted(name)}`, "must be given once", text);
    }
    seen.add(name);
    if (name === "latency") {
      latency = parseLatency(value);
      continue;
    }
    const chance = parseChance(name, value);
    const fault: Fault | undefined = name === "skew" ? { kind: "skew", ms: SKEW_MS } : NAMED_FAULTS.get(name);
    if (name === "reset-connect") {
      resetConnect = chance;
    } else if (fault === undefined) {
      throw invalidOption("fault", `must be one of ${FAULT_NAMES.join(", ")}`, name);
    } else {
      chances.push({ name, fault, chance });
    }
  }
  const total = chances.reduce((sum, { chance }) => sum + chance, 0);
  if (total > 1 + 1e-9) {
    throw new InvalidOptionError(`fault chances must add up to 1 at most, got ${total}`);
  }
  return { ...(latency === undefined ? {} : { latency }), chances, resetConnect };
}

/** A decider that follows the plan. */
export function faultsByChance(plan: FaultPlan, random: Random): FaultDecider {
  return () => {
    const faults: Fault[] = [];
    if (plan.latency !== undefined) {
      const { minMs, maxMs } = plan.latency;
      faults.push({ kind: "latency", ms: minMs + random() * (maxMs - minMs) });
    }
    let drawn = random();
    for (const { fault, chance } of plan.chances) {
      if (drawn < chance) {
        faults.push(fault);
        break;
      }
      drawn -= chance;
    }
    return faults;
  };
}

function parseChance(name: string, value: string): number {
  const chance = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(chance >= 0 && chance <= 1)) {
    throw invalidOption(`fault ${quoted(name)}`, "must have a chance from 0 to 1", value);
  }
  return chance;
}

function parseLatency(value: string): { minMs: number; maxMs: number } {
  const [, low = "", high = low] = /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(value) ?? [];
  const minMs = Number(low);
  const maxMs = Number(high);
  if (low === "" || maxMs < minMs || maxMs > MAX_LATENCY_MS) {
    throw invalidOption(
      'fault "latency"',
      `must be milliseconds such as 50 or 50..300, ${MAX_LATENCY_MS} at most`,
      value,
    );
  }
  return { minMs, maxMs };
}
