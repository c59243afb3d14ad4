import {
  handlers as kinds,
  type ObjectContext,
  object,
  rpc,
  type VirtualObjectDefinition,
} from "@restatedev/restate-sdk";
import { pacedPerSecond } from "../durable/paced-rate.ts";
import { type BatchResult, type Entry, pollBatch } from "./batch.ts";
import type { PollerHandlers, QuotaHandlers, Subscription } from "./handlers.ts";
import type { ResolvedServicesOptions } from "./options.ts";
import { INTERNAL } from "./quota.ts";

// One key for each task, so that adding one costs the same however many there are; and for the poller itself:
// when its tasks are due, those that came since the last tick, and the tick that counts.
const DUE = "due";
const NEW = "new";
const ARMED = "armedAtMs";
const LEAD = "leadMs";
const keyOf = (taskId: string): string => `t:${taskId}`;

const MAX_IN_A_BATCH = 25;
// A batch takes its time on the clock, and a wait that is added waits for its end.
const BATCH_SECONDS = 0.5;
// A wait that joins another one need not poll again what was seen just now.
const FRESH_MS = 500;

// From a booking to its first call, a busy server takes its time; a slot that was missed by then is lost.
const FIRST_LEAD_MS = 50;
const MAX_LEAD_MS = 2000;

type Due = Readonly<Record<string, number>>;

/** The object that polls the tasks of one shard, in batches, each of them with one booking of calls. */
export function pollerObject(
  options: ResolvedServicesOptions,
): VirtualObjectDefinition<string, PollerHandlers> {
  const { source, perSecond, account, poller, quota } = options;
  const mostCalls = Math.max(
    1,
    Math.min(MAX_IN_A_BATCH, Math.floor(pacedPerSecond(perSecond) * BATCH_SECONDS)),
  );

  const arm = (context: ObjectContext, atMs: number, nowMs: number): void => {
    context.set(ARMED, atMs);
    context
      .objectSendClient<PollerHandlers>(poller, context.key)
      .tick({ atMs }, rpc.sendOpts({ delay: Math.max(0, Math.ceil(atMs - nowMs)) }));
  };

  const handlers: PollerHandlers = {
    add: async (context, wait) => {
      const { taskId, nextPollAtMs } = wait.state;
      const entry = await context.get<Entry>(keyOf(taskId));
      const joined = joinedState(wait, entry);
      const others = entry?.waits.filter(({ awakeableId }) => awakeableId !== wait.awakeableId) ?? [];
      context.set<Entry>(keyOf(taskId), { taskId, waits: [...others, { ...wait, state: joined }] });
      const added = (await context.get<string[]>(NEW)) ?? [];
      context.set(NEW, [...added, taskId]);
      const armedAtMs = await context.get<number>(ARMED);
      if (armedAtMs === null || armedAtMs > joined.nextPollAtMs) {
        arm(context, joined.nextPollAtMs, nextPollAtMs);
      }
    },

    remove: async (context, { taskId, awakeableId }) => {
      const entry = await context.get<Entry>(keyOf(taskId));
      const waits = entry?.waits.filter((wait) => wait.awakeableId !== awakeableId) ?? [];
      if (waits.length > 0) {
        context.set<Entry>(keyOf(taskId), { taskId, waits });
      } else {
        context.clear(keyOf(taskId));
      }
    },

    tick: async (context, { atMs }) => {
      if ((await context.get<number>(ARMED)) !== atMs) {
        return;
      }
      const nowMs = await context.date.now();
      const due: Record<string, number> = { ...((await context.get<Due>(DUE)) ?? {}) };
      for (const taskId of (await context.get<string[]>(NEW)) ?? []) {
        due[taskId] = 0;
      }
      context.clear(NEW);
      const entries = await takeDue(context, due, nowMs, mostCalls);
      let reachedMs = nowMs;
      if (entries.length > 0) {
        const leadMs = (await context.get<number>(LEAD)) ?? FIRST_LEAD_MS;
        const slot = await context
          .objectClient<QuotaHandlers>(quota, account)
          .reserve({ calls: entries.length, leadMs });
        const { attemptCompletedSignal } = context.request();
        const earlyMs = slot.atMs - leadMs - slot.bookedAtMs;
        if (earlyMs > 0) {
          await context.sleep(Math.ceil(earlyMs));
        }
        const result = await context.run("poll", () =>
          pollBatch(source, entries, slot, attemptCompletedSignal),
        );
        reachedMs = result.nowMs;
        context.set(LEAD, nextLead(leadMs, result.beganMs - slot.bookedAtMs - Math.max(0, earlyMs)));
        takeIn(context, entries, result, due);
        if (result.pauseMs !== undefined) {
          context.objectSendClient<QuotaHandlers>(quota, account).penalize({ pauseMs: result.pauseMs });
        }
      }
      context.set(DUE, due);
      const nextMs = Math.min(...Object.values(due));
      if (Number.isFinite(nextMs)) {
        arm(context, Math.max(nextMs, reachedMs), reachedMs);
      } else {
        context.clear(ARMED);
        context.clear(DUE);
        context.clear(LEAD);
      }
    },

    state: kinds.object.shared(async (context, taskId) => {
      const entry = await context.get<Entry>(keyOf(taskId));
      return entry?.waits[0]?.state ?? null;
    }),
  };
  return object({ name: poller.name, handlers, options: { ...INTERNAL, ingressPrivate: false } });
}

/** Half as long again as it took, smoothed. */
function nextLead(leadMs: number, tookMs: number): number {
  const wantedMs = Math.max(FIRST_LEAD_MS, 1.5 * tookMs);
  return Math.min(MAX_LEAD_MS, Math.round((leadMs + wantedMs) / 2));
}

function joinedState({ state }: Subscription, entry: Entry | null): Subscription["state"] {
  const seen = entry?.waits.find(
    (other) => state.startedAtMs - (other.state.polledAtMs ?? Number.NEGATIVE_INFINITY) < FRESH_MS,
  );
  return seen === undefined || state.task !== undefined
    ? state
    : { ...state, nextPollAtMs: Math.min(state.deadlineMs, seen.state.nextPollAtMs) };
}

/** The tasks whose turn it is, longest due first. Those that nobody waits for any more are dropped from `due`. */
async function takeDue(
  context: ObjectContext,
  due: Record<string, number>,
  nowMs: number,
  most: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const order = Object.entries(due).sort(([, a], [, b]) => a - b);
  for (const [taskId, dueMs] of order) {
    if (dueMs > nowMs || entries.length === most) {
      break;
    }
    const entry = await context.get<Entry>(keyOf(taskId));
    const earliestMs = Math.min(...(entry?.waits ?? []).map(({ state }) => state.nextPollAtMs));
    if (entry === null) {
      delete due[taskId];
    } else if (earliestMs > nowMs) {
      due[taskId] = earliestMs;
    } else {
      entries.push(entry);
    }
  }
  return entries;
}

function takeIn(
  context: ObjectContext,
  entries: readonly Entry[],
  { steps }: BatchResult,
  due: Record<string, number>,
): void {
  for (const { taskId, waits } of entries) {
    const left: Subscription[] = [];
    for (const step of steps[taskId] ?? []) {
      const wait = waits.find(({ awakeableId }) => awakeableId === step.awakeableId);
      if (step.outcome !== undefined) {
        context.resolveAwakeable(step.awakeableId, step.outcome);
      } else if (wait !== undefined) {
        left.push({ ...wait, state: step.state });
      }
    }
    if (steps[taskId] === undefined) {
      continue;
    }
    if (left.length === 0) {
      context.clear(keyOf(taskId));
      delete due[taskId];
    } else {
      context.set<Entry>(keyOf(taskId), { taskId, waits: left });
      due[taskId] = Math.min(...left.map(({ state }) => state.nextPollAtMs));
    }
  }
}
