import type { Context, ObjectContext, ObjectSharedContext } from "@restatedev/restate-sdk";
import type { PortableWaitOptions } from "../durable/step.ts";
import type { ResolvedWaitOptions } from "../policy/wait-options.ts";
import type { WaitState } from "../policy/wait-state.ts";
import type { Task } from "../task/task.ts";

/** What to wait for, and how. Plain JSON. */
export interface WaitRequest extends PortableWaitOptions {
  readonly taskId: string;
}

/** One wait as its poller keeps it. */
export interface Subscription {
  /** Resolved with the outcome's record. */
  readonly awakeableId: string;
  readonly state: WaitState;
  readonly options: ResolvedWaitOptions;
}

/** Calls that may be made from `atMs` on, one every `everyMs`. */
export interface Slot {
  readonly bookedAtMs: number;
  readonly atMs: number;
  readonly everyMs: number;
  /** How far the account's calls are booked out, in milliseconds. */
  readonly backlogMs: number;
}

/** The handlers of the service that waits. */
export interface WaitHandlers {
  /** Gives the completed task; all other ends are terminal errors, see `outcomeOfTerminalError`. */
  wait(context: Context, request: WaitRequest): Promise<Task>;
}

/** The handlers of the object that polls the tasks of one shard. */
export interface PollerHandlers {
  add(context: ObjectContext, wait: Subscription): Promise<void>;
  remove(
    context: ObjectContext,
    wait: { readonly taskId: string; readonly awakeableId: string },
  ): Promise<void>;
  tick(context: ObjectContext, tick: { readonly atMs: number }): Promise<void>;
  /** What is known of a task: the state of the wait that began first. */
  look(context: ObjectSharedContext, taskId: string): Promise<WaitState | null>;
}

/** The handlers of the object that hands out the calls of one account. */
export interface QuotaHandlers {
  reserve(
    context: ObjectContext,
    request: { readonly calls: number; readonly leadMs: number },
  ): Promise<Slot>;
  penalize(context: ObjectContext, request: { readonly pauseMs: number }): Promise<void>;
}
