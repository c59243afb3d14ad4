import { Notifier, type NotifySubject } from "./notifier.ts";
import { type NotifyOptions, resolveNotifyOptions } from "./notify-options.ts";

/**
 * Posts events of a wait to receivers: as CloudEvents 1.0 in structured JSON, signed by the Standard Webhooks rules. Each
 * is tried for a minute, with growing pauses or those that the receiver asks for; its id stays the same. Nothing that
 * becomes of it changes the wait. A wait that is aborted tells nothing.
 *
 * @param subject - A wait, a group, a run, or a waiter with all of its waits. It is to be given in the turn in which it is
 * made, so that no event is missed.
 * @param options - Whom to tell of what.
 * @returns What says when all is delivered, and what was not.
 * @throws {@link InvalidOptionError} at once for a bad option; neither a URL nor the secret is in it.
 *
 * @example
 * ```ts
 * const wait = waitForTask("t-0000e4w0u1v592zdf6s7");
 * const notifier = notify(wait, { url: "https://hooks.example.com/tasks" });
 * await wait.outcome;
 * for (const { taskId, reason } of await notifier.done()) console.error(taskId, reason);
 * ```
 */
export function notify(subject: NotifySubject, options: NotifyOptions): Notifier {
  return makeNotifier(options).follow(subject);
}

/**
 * A notifier that follows nothing yet.
 *
 * @hidden Exported for the command, which checks all flags before it makes a wait.
 */
export function makeNotifier(options: NotifyOptions): Notifier {
  return new Notifier(resolveNotifyOptions(options));
}
