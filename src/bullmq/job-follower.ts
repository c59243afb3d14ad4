import { Settler } from "../async/settler.ts";
import { type Abortable, joinSignal, leaveSignal } from "../async/shared-abort.ts";
import { startTimer } from "../async/timer.ts";
import { decideTimeout } from "../policy/decide/decide.ts";
import { settleAborted } from "../policy/decide/settle.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import { UnreachableError } from "../task/errors.ts";
import { endRecords, fromEventRecord, toEventRecord, type WaitEventRecord } from "../task/event-record.ts";
import { endOf, OUTCOME_KINDS, type Outcome } from "../task/outcome.ts";
import { printable } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import { endEvents, type WaitEvent, type WaitEventName, type WaitEvents } from "../task/wait-events.ts";
import { jobIdOf, type TaskJob, type TaskJobProgress } from "./job.ts";
import type { JobHub, JobObserver } from "./job-hub.ts";

/** What a wait needs of its queue. */
export interface JobContext {
  readonly state: WaitState;
  readonly signal: AbortSignal | undefined;
  /** Puts the task into the queue, unless it is there. */
  add(state: WaitState): Promise<void>;
  find(): Promise<TaskJob | undefined>;
}

// Events may be missed while a connection is down.
const CHECK_EVERY_MS = 3000;
const ENDS: ReadonlySet<string> = new Set([...OUTCOME_KINDS, "settled"]);

/** The inside of a wait in a queue: it follows the job of its task, and settles by its own deadline. */
export class JobFollower
  extends Settler<Task, Outcome, WaitEvents, Task, [], WaitEventRecord>
  implements Abortable, JobObserver
{
  state: WaitState;
  readonly #context: JobContext;
  readonly #hub: JobHub;
  readonly #jobId: string;
  readonly #check: ReturnType<typeof setInterval>;
  readonly #stopDeadline: (() => void) | undefined;

  constructor(hub: JobHub, context: JobContext) {
    super();
    const { state } = context;
    this.#context = context;
    this.#hub = hub;
    this.state = state;
    this.#jobId = jobIdOf(state.taskId);
    // A wait of no time at all has its one poll, for which there is the outage budget of the job.
    if (state.deadlineMs > state.startedAtMs) {
      const leftMs = Math.max(0, state.deadlineMs - Date.now());
      this.#stopDeadline = startTimer(leftMs, () => this.#timeOut());
    }
    this.#check = setInterval(() => void this.#checkJob(), CHECK_EVERY_MS);
    hub.join(this.#jobId, this);
  }

  protected override itemsSoFar(): readonly Task[] {
    return this.state.task === undefined ? [] : [this.state.task];
  }

  protected override recordsSoFar(ended: Outcome | undefined): readonly WaitEventRecord[] {
    return ended === undefined ? [] : endRecords(ended, this.state.taskId, Date.now());
  }

  protected override toRecord<K extends WaitEventName>(name: K, payload: WaitEvents[K]): WaitEventRecord {
    return toEventRecord({ name, payload } as WaitEvent, this.state.taskId, Date.now());
  }

  async begin(): Promise<void> {
    const { signal, add } = this.#context;
    if (this.outcome !== undefined || !joinSignal(signal, this)) {
      return;
    }
    if (this.state.ended !== undefined) {
      this.#timeOut();
      return;
    }
    try {
      await this.#hub.untilReady();
      await add(this.state);
    } catch {
      // Tried again at the next check.
    }
    await this.#checkJob();
  }

  aborted(reason: unknown): void {
    this.#end(settleAborted(this.state, reason));
  }

  onProgress(data: unknown): void {
    const { state, events = [] } = (data ?? {}) as Partial<TaskJobProgress>;
    if (state === undefined || this.outcome !== undefined) {
      return;
    }
    this.#take(state);
    this.#emitAll(events.filter(({ event }) => !ENDS.has(event)).map(fromEventRecord));
  }

  onEnd(): void {
    void this.#checkJob();
  }

  onRemoved(wasOver: boolean): void {
    if (!wasOver) {
      this.aborted(new DOMException(`the wait for task ${this.state.taskId} was cancelled`, "AbortError"));
    }
  }

  async #checkJob(): Promise<void> {
    try {
      const job = await this.#context.find();
      if (this.outcome !== undefined) {
        return;
      }
      if (job === undefined) {
        await this.#context.add(this.state);
        return;
      }
      const phase = await job.getState();
      if (phase !== "completed" && phase !== "failed") {
        return;
      }
      // Read again: what was read first may be from before the end.
      const over = (await this.#context.find()) ?? job;
      const { state } = over.data;
      if (state.ended?.kind === "timedOut" && Date.now() < this.state.deadlineMs) {
        // The deadline of another wait on the same task.
        const { ended: _, ...open } = state;
        await this.#context.add({ ...open, deadlineMs: this.state.deadlineMs, nextPollAtMs: Date.now() });
        return;
      }
      this.#take(state);
      this.#end(
        state.ended === undefined ? failedJob(state, over.failedReason) : decideTimeout(state, Date.now()),
      );
    } catch {
      // The connection is down; there will be another check.
    }
  }

  #take(state: WaitState): void {
    const { task } = state;
    const isChange = JSON.stringify(task) !== JSON.stringify(this.state.task);
    this.state = { ...state, deadlineMs: this.state.deadlineMs, startedAtMs: this.state.startedAtMs };
    if (task !== undefined && isChange) {
      this.push(task);
    }
  }

  #timeOut(): void {
    this.#end(decideTimeout(this.state, Date.now()));
  }

  #end(decision: { readonly kind: string; readonly state: WaitState; readonly outcome?: Outcome }): void {
    const { outcome } = decision;
    if (this.outcome !== undefined || outcome === undefined) {
      return;
    }
    this.state = decision.state;
    this.settle(outcome, endOf(outcome), this.hears("settled") || this.hears(outcome.kind));
    this.#stopDeadline?.();
    clearInterval(this.#check);
    this.#hub.leave(this.#jobId, this);
    leaveSignal(this.#context.signal, this);
    this.#emitAll(endEvents(outcome));
    this.finish(outcome);
  }

  #emitAll(events: readonly WaitEvent[]): void {
    this.inOrder(events.map((event) => () => this.#emitOne(event)));
  }

  #emitOne<K extends WaitEventName>({ name, payload }: WaitEvent<K>): void {
    this.emitNow(name, payload);
  }
}

/** How a wait ends whose job failed for a reason of its own. */
function failedJob(
  state: WaitState,
  reason = "no reason told",
): { kind: "settle"; state: WaitState; outcome: Outcome } {
  const { taskId } = state;
  const error = new UnreachableError(`the job of task ${taskId} failed: ${printable(reason)}`, { taskId });
  return { kind: "settle", state, outcome: { kind: "unreachable", error } };
}
