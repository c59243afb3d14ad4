import { createHash } from "node:crypto";
import {
  makeNotifier,
  type Notifier,
  type NotifyFailure,
  type Outcome,
  type TaskRun,
  type TaskWait,
  type TaskWaiter,
  type WaitEventName,
} from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import type { HookFlags } from "../flags/hook-flags.ts";
import { printError } from "../terminal/messages.ts";
import { execCommand } from "./exec-command.ts";

const KEY_LENGTH = 24;

/** What follows the ends of tasks: notifications and a command. */
export class Hooks {
  readonly #notifier: Notifier | undefined;
  readonly #command: string | undefined;
  readonly #signal: AbortSignal;
  readonly #done: Set<string>;
  #save: () => void = () => undefined;
  #executing: Promise<boolean> = Promise.resolve(true);

  /**
   * @param done - What an earlier process has done.
   * @throws {@link UsageError} or `InvalidOptionError` for flags that can't be used.
   */
  constructor(flags: HookFlags, signal: AbortSignal, done: readonly string[]) {
    if (flags.exec?.trim() === "") {
      throw new UsageError("--exec must be a command, got nothing");
    }
    this.#command = flags.exec;
    this.#signal = signal;
    this.#done = new Set(done);
    this.#notifier =
      flags.notify &&
      makeNotifier({
        url: flags.notify,
        signal,
        ...(flags.notifyOn === undefined
          ? {}
          : { on: flags.notifyOn.split(",").map((name) => name.trim()) as WaitEventName[] }),
        ...(flags.notifyTimeout === undefined ? {} : { tryFor: flags.notifyTimeout }),
        wasDelivered: ({ id, url }) => this.#done.has(keyOf("notify", id, url)),
        onDelivered: ({ id, url }) => this.#note(keyOf("notify", id, url)),
      });
  }

  /** What was done, for the file of `--state` or `--checkpoint`; absent when there was nothing to do. */
  get done(): { readonly done?: readonly string[] } {
    return this.#done.size === 0 ? {} : { done: [...this.#done] };
  }

  /** @param save - Is called whenever {@link done} has changed. */
  keepBy(save: () => void): void {
    this.#save = save;
  }

  /** Follows all waits of these waiters, in the turn in which the waits are made. */
  followWaits(waiters: Iterable<TaskWaiter>, labelOf: (wait: TaskWait) => string): void {
    for (const waiter of waiters) {
      this.#notifier?.follow(waiter, labelOf);
      waiter.on("settled", (outcome, wait) => this.#execute(labelOf(wait), outcome));
    }
  }

  /** Follows a run to its end: an attempt that has a successor is not the end. */
  followRun(run: TaskRun): void {
    this.#notifier?.follow(run);
    run.on("settled", (outcome) => {
      if (run.taskId !== undefined) {
        this.#execute(run.taskId, outcome as Outcome);
      }
    });
  }

  /** Resolves once the command has run for all tasks that have ended; with whether it went well each time. */
  async executed(): Promise<boolean> {
    return await this.#executing;
  }

  /** Resolves once all notifications are delivered or have failed, which is said. */
  async delivered(): Promise<void> {
    const failures = (await this.#notifier?.done()) ?? [];
    for (const [origin, some] of byOrigin(failures)) {
      const what = some.length === 1 ? "1 notification" : `${some.length} notifications`;
      printError(`warning: ${what} to ${origin} not delivered: ${some[0]?.reason}`);
    }
  }

  // One at a time, in the order in which the tasks end.
  #execute(taskId: string, outcome: Outcome): void {
    const command = this.#command;
    const key = keyOf("exec", taskId, outcome.kind);
    if (command === undefined || outcome.kind === "aborted" || this.#done.has(key)) {
      return;
    }
    this.#executing = this.#executing.then(async (wentWell) => {
      if (this.#signal.aborted) {
        return wentWell;
      }
      const isGood = await execCommand(command, taskId, outcome, this.#signal);
      if (isGood) {
        this.#note(key);
      }
      return isGood && wentWell;
    });
  }

  #note(key: string): void {
    this.#done.add(key);
    this.#save();
  }
}

/** A URL may hold a secret, so the file gets a digest. */
function keyOf(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, KEY_LENGTH);
}

function byOrigin(failures: readonly NotifyFailure[]): ReadonlyMap<string, readonly NotifyFailure[]> {
  const found = new Map<string, NotifyFailure[]>();
  for (const failure of failures) {
    const { origin } = new URL(failure.url);
    const others = found.get(origin) ?? [];
    others.push(failure);
    found.set(origin, others);
  }
  return found;
}
