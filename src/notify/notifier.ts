import type { TaskWaiter } from "../engine/task-waiter.ts";
import type { TaskGroupWait } from "../engine/wait/group-wait.ts";
import { TaskWait } from "../engine/wait/task-wait.ts";
import type { RunOutcome } from "../run/run-outcome.ts";
import type { TaskRun } from "../run/task-run.ts";
import { toEventRecord, type WaitEventRecord } from "../task/event-record.ts";
import { printable } from "../task/printable.ts";
import type { WaitEvent, WaitEventName } from "../task/wait-events.ts";
import { type DeliveryEnd, deliver } from "./delivery.ts";
import { type Notification, toNotification } from "./notification.ts";
import type { NotifyDelivery, NotifyFailure, ResolvedNotifyOptions } from "./notify-options.ts";
import { type Post, posterTo } from "./post.ts";
import type { ReceiverUrl } from "./receiver-url.ts";

// One receiver gets at most so many posts at once.
const MAX_POSTS_AT_ONCE = 8;

/** What tells events: one wait, a group, a run, or all waits of a waiter. */
export type NotifySubject = TaskWait | TaskGroupWait | TaskRun | TaskWaiter;

/** Posts the events of waits to receivers. Nothing that it does can change a wait. */
export class Notifier {
  readonly #options: ResolvedNotifyOptions;
  readonly #receivers: readonly Receiver[];
  readonly #earlier = new Map<string, number>();

  /** @internal Made by `notify`. */
  constructor(options: ResolvedNotifyOptions, posterOf: (url: ReceiverUrl) => Post = posterTo) {
    this.#options = options;
    this.#receivers = options.urls.map((url) => new Receiver(url, posterOf(url), options));
  }

  /**
   * Tells of this subject from now on.
   *
   * @param labelOf - What a wait's task is called; by default its id.
   *
   * @hidden Exported for the command.
   */
  follow(subject: NotifySubject, labelOf: (wait: TaskWait) => string = ({ taskId }) => taskId): this {
    for (const name of this.#options.on) {
      const listener = (payload: unknown, member?: TaskWait): void => {
        const wait = member ?? (subject as TaskWait | TaskRun);
        const taskId = wait instanceof TaskWait ? labelOf(wait) : wait.taskId;
        const event = { name, payload } as WaitEvent;
        if (taskId !== undefined && !tellsNothing(event)) {
          this.#take(event, taskId, wait.apiName);
        }
      };
      (
        subject as { on(name: WaitEventName, listener: (payload: unknown, wait?: TaskWait) => void): unknown }
      ).on(name, listener);
    }
    return this;
  }

  /**
   * Resolves once everything that was told so far is delivered, or has failed for good; with what has failed. It never
   * rejects.
   */
  async done(): Promise<readonly NotifyFailure[]> {
    const all = await Promise.all(this.#receivers.map((receiver) => receiver.done()));
    return all.flat();
  }

  #take(event: WaitEvent, taskId: string, apiName: string | undefined): void {
    const record = toEventRecord(event, taskId, Date.now());
    const key = `${record.event} ${taskId} ${"task" in record ? (record.task?.taskStatus ?? "") : ""}`;
    const earlier = this.#earlier.get(key) ?? 0;
    this.#earlier.set(key, earlier + 1);
    const notification = toNotification(record, apiName, earlier);
    for (const receiver of this.#receivers) {
      receiver.take(notification, record);
    }
  }
}

/** A wait or a run that was only left tells nothing of its task. */
function tellsNothing({ name, payload }: WaitEvent): boolean {
  const kind = name === "settled" ? (payload as RunOutcome).kind : name;
  return kind === "aborted";
}

/** One receiver: what it gets is posted in the order of each task's events, of a few tasks at once. */
class Receiver {
  readonly #url: ReceiverUrl;
  readonly #post: Post;
  readonly #options: ResolvedNotifyOptions;
  readonly #failures: NotifyFailure[] = [];
  readonly #queues: Promise<void>[] = Array.from({ length: MAX_POSTS_AT_ONCE }, () => Promise.resolve());
  readonly #queueOf = new Map<string, number>();
  #hasUnsubscribed = false;

  constructor(url: ReceiverUrl, post: Post, options: ResolvedNotifyOptions) {
    this.#url = url;
    this.#post = post;
    this.#options = options;
  }

  take(notification: Notification, { taskId, event }: WaitEventRecord): void {
    const delivery: NotifyDelivery = { id: notification.id, taskId, event, url: this.#url.href };
    if (this.#options.wasDelivered(delivery)) {
      return;
    }
    const queue = this.#queueOf.get(taskId) ?? this.#queueOf.size % MAX_POSTS_AT_ONCE;
    this.#queueOf.set(taskId, queue);
    const toldAtMs = performance.now();
    const before = this.#queues[queue] ?? Promise.resolve();
    this.#queues[queue] = before
      .then(async () => {
        const end = await this.#deliver(notification, toldAtMs);
        if (end.kind === "delivered") {
          this.#options.onDelivered(delivery);
          return;
        }
        this.#hasUnsubscribed ||= end.kind === "unsubscribed";
        const reason = end.kind === "failed" ? end.reason : "HTTP 410: it wants no more events";
        this.#failures.push({ ...delivery, reason });
      })
      .catch((error: unknown) => {
        this.#failures.push({ ...delivery, reason: `onDelivered threw: ${printable(String(error))}` });
      });
  }

  async done(): Promise<readonly NotifyFailure[]> {
    await Promise.all(this.#queues);
    return this.#failures;
  }

  /** An event's time counts from when it was told: so all ends in time, however many wait here. */
  async #deliver(notification: Notification, toldAtMs: number): Promise<DeliveryEnd> {
    const { sign, signal } = this.#options;
    const tryForMs = toldAtMs + this.#options.tryForMs - performance.now();
    if (this.#hasUnsubscribed) {
      return { kind: "unsubscribed" };
    }
    if (signal.aborted || tryForMs <= 0) {
      return { kind: "failed", reason: signal.aborted ? "stopped before it was tried" : "no time was left" };
    }
    return await deliver(notification, { post: this.#post, sign, tryForMs, signal, random: Math.random });
  }
}
