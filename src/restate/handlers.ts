import type { Context, ObjectContext, ObjectSharedContext } from "@restatedev/restate-sdk";
import type { WaitRequest } from "../durable/wait-request.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import type { Task } from "../task/task.ts";

/** One wait as its poller keeps it. */
export interface Subscription {
  /** Resolved with the outcome's record. */
  readonly awakeableId: string;
  /** All that is known of it. */
  readonly state: WaitState;
  /** Its own options, over the defaults of the services. */
  readonly options: ResolvedWaitOptions;
}

/** Calls that may be made from `atMs` on, one every `everyMs`. */
export interface Slot {
  /** When it was booked, in Unix milliseconds. */
  readonly bookedAtMs: number;
  /** When the first call may be made, in Unix milliseconds. */
  readonly atMs: number;
  /** Milliseconds between two calls. */
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
  /** Begins to poll a task for one more wait. */
  add(context: ObjectContext, wait: Subscription): Promise<void>;
  /** Ends the polling for one wait; for the task, with the last. */
  remove(
    context: ObjectContext,
    wait: { readonly taskId: string; readonly awakeableId: string },
  ): Promise<void>;
  /** Polls what is due, and sends itself again for when more is. */
  tick(context: ObjectContext, tick: { readonly atMs: number }): Promise<void>;
  /** What is known of a task: the state of the wait that began first. */
  state(context: ObjectSharedContext, taskId: string): Promise<WaitState | null>;
}

/** The handlers of the object that hands out the calls of one account. */
export interface QuotaHandlers {
  /** Books calls of which the first is made in `leadMs` milliseconds at the earliest. */
  reserve(
    context: ObjectContext,
    request: { readonly calls: number; readonly leadMs: number },
  ): Promise<Slot>;
  /** Nobody calls for `pauseMs` milliseconds: the service was throttled. */
  penalize(context: ObjectContext, request: { readonly pauseMs: number }): Promise<void>;
}
