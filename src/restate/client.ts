import { sleep } from "../async/sleep.ts";
import { timedCall } from "../async/timed-call.ts";
import type { PortableWaitOptions } from "../durable/step.ts";
import { checkOptionNames, invalidOption } from "../options/check-options.ts";
import { checkTaskId } from "../options/task-id.ts";
import { InvalidOptionError, ProtocolError, UnreachableError } from "../task/errors.ts";
import { quoted } from "../task/printable.ts";
import type { Task } from "../task/task.ts";
import { outcomeOfTerminalError } from "./outcome-error.ts";

/** Where the waits are. */
export interface RestateClientOptions {
  /** The ingress of Restate, such as `http://127.0.0.1:8080`. */
  readonly ingress: string;
  /** Its admin API, such as `http://127.0.0.1:9070`; with it, an abort also cancels the wait itself. */
  readonly admin?: string | undefined;
  /** Such as an `authorization`; they go out with every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The `name` of the services. Default `Taskwait`. */
  readonly name?: string | undefined;
}

/** Options of one wait through a {@link RestateClient}. */
export interface RestateWaitOptions extends PortableWaitOptions {
  /** Ends the waiting here; and the wait itself when the client knows the admin API. */
  readonly signal?: AbortSignal | undefined;
  /** The same key joins the same wait, from anywhere, for a day after its end. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
}

/** Waits from outside of Restate. */
export interface RestateClient {
  /**
   * Waits durably: this process may be cut off for up to ten minutes at a time, as often as it likes.
   *
   * @param options - Durations in milliseconds, or as text; defaults are those of the services.
   * @throws What the promise of `waitForTask` rejects with; `UnreachableError` when Restate itself was out of reach
   * for ten minutes (the wait then goes on without its caller), `ProtocolError` when Restate refused the wait or it was
   * cancelled there.
   */
  wait(taskId: string, options?: RestateWaitOptions): Promise<Task>;
}

// Idle connections are cut somewhere on the way after some minutes: fetch itself allows five.
const ATTACH_MS = 60_000;
const PAUSE_MS = 500;
const OUTAGE_MS = 10 * 60_000;
const PROBE_MS = 10_000;
const CANCEL_MS = 5000;
const NAMES: ReadonlySet<string> = new Set(["ingress", "admin", "headers", "name"]);

/**
 * A client for callers outside of Restate.
 *
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * const restate = restateClient({ ingress: "http://127.0.0.1:8080", admin: "http://127.0.0.1:9070" });
 * const task = await restate.wait("t-0000e4w0u1v592zdf6s7", { timeout: "2h" });
 * ```
 */
export function restateClient(options: RestateClientOptions): RestateClient {
  checkOptionNames(options, NAMES, "restateClient");
  const { ingress, admin, headers = {}, name = "Taskwait" } = options as RestateClientOptions;
  const base = checkUrl(ingress, "ingress");
  const adminBase = admin === undefined ? undefined : checkUrl(admin, "admin");

  const call = (
    url: string,
    init: RequestInit,
    signal?: AbortSignal,
    timeoutMs = ATTACH_MS,
  ): Promise<Answer> =>
    timedCall(
      async (own) => {
        const all = { ...headers, ...(init.headers as Record<string, string>) };
        const response = await fetch(url, { ...init, headers: all, signal: own.signal });
        return { status: response.status, body: parse(await response.text()) };
      },
      { timeoutMs, signal, onTimeout: () => new SilenceError(`restate: no answer within ${timeoutMs} ms`) },
    ).promise;

  /** A wait that goes on and a network that swallows everything are the same from here: no answer comes. */
  const isThere = (signal: AbortSignal | undefined): Promise<boolean> =>
    call(`${base}/restate/health`, {}, signal, PROBE_MS).then(
      () => true,
      () => false,
    );

  /** Calls until there is an answer, whatever is down meanwhile. */
  const insist = async (
    url: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
    isAnswer: (answer: Answer) => boolean,
  ): Promise<Answer> => {
    let contactMs = performance.now();
    for (;;) {
      signal?.throwIfAborted();
      let last: unknown;
      try {
        const answer = await call(url, init, signal);
        if (isAnswer(answer)) {
          return answer;
        }
        last = new ProtocolError(`restate: answered with status ${answer.status}`);
      } catch (error) {
        contactMs = error instanceof SilenceError && (await isThere(signal)) ? performance.now() : contactMs;
        last = error;
      }
      signal?.throwIfAborted();
      if (performance.now() - contactMs > OUTAGE_MS) {
        throw new UnreachableError(`restate: no usable answer for ${OUTAGE_MS} ms`, { cause: last });
      }
      await sleep(PAUSE_MS, signal);
    }
  };

  const cancel = async (sending: Promise<Answer>, at: string): Promise<void> => {
    try {
      const { body } = await sending;
      const url = `${at}/invocations/${encodeURIComponent(idOf(body) ?? "")}/cancel`;
      await call(url, { method: "PATCH" }, undefined, CANCEL_MS);
    } catch {
      // The wait then ends by its own deadline.
    }
  };

  return {
    wait: async (taskId, { signal, idempotencyKey, ...request } = {}) => {
      checkTaskId(taskId);
      signal?.throwIfAborted();
      const key = idempotencyKey ?? crypto.randomUUID();
      // Goes on for a while after an abort: only who has the wait's id can cancel it.
      const stop = new AbortController();
      const sending = insist(
        `${base}/${name}/wait/send`,
        {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": key },
          body: JSON.stringify({ taskId, ...request }),
        },
        stop.signal,
        ({ status, body }) => idOf(body) !== undefined || (status >= 400 && status < 500),
      );
      const follow = async (): Promise<Task> => {
        const { status, body } = await sending;
        const id = idOf(body);
        if (id === undefined) {
          const { message = "no reason told" } = (body ?? {}) as { readonly message?: unknown };
          const why = `restate: the wait was refused with status ${status}: ${quoted(message)}`;
          throw new ProtocolError(why, { taskId });
        }
        const url = `${base}/restate/invocation/${encodeURIComponent(id)}/attach`;
        const isEnd = (answer: Answer) => answer.status === 200 || isTerminal(answer.status, answer.body);
        return resultOf(await insist(url, {}, signal, isEnd), taskId);
      };
      try {
        return await timedCall(follow, { signal }).promise;
      } catch (error) {
        if (signal?.aborted && adminBase !== undefined) {
          const timer = setTimeout(() => stop.abort(), CANCEL_MS);
          await cancel(sending, adminBase);
          clearTimeout(timer);
        }
        stop.abort();
        throw error;
      }
    },
  };
}

class SilenceError extends Error {}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function resultOf({ status, body }: Answer, taskId: string): Task {
  if (status === 200) {
    return body as Task;
  }
  const outcome = outcomeOfTerminalError(body);
  if (outcome !== undefined && outcome.kind !== "complete") {
    throw outcome.error;
  }
  const { message, metadata } = (body ?? {}) as { message?: unknown; metadata?: Record<string, unknown> };
  throw metadata?.["taskwait.code"] === "INVALID_OPTION"
    ? new InvalidOptionError(String(message), { taskId })
    : new ProtocolError(`restate: the wait ended with status ${status}: ${quoted(message)}`, { taskId });
}

/** Whether it is the wait that failed, not the way to it. */
function isTerminal(status: number, body: unknown): boolean {
  const { metadata, source } = (body ?? {}) as { readonly metadata?: unknown; readonly source?: unknown };
  return status >= 400 && (metadata !== undefined || source === "invocation" || status === 409);
}

function idOf(body: unknown): string | undefined {
  const id = (body as { readonly invocationId?: unknown } | null)?.invocationId;
  return typeof id === "string" ? id : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkUrl(url: unknown, option: string): string {
  if (typeof url !== "string" || !/^https?:\/\/\S+$/.test(url)) {
    throw invalidOption(`restateClient: ${option}`, "must be a URL with http or https", url);
  }
  return url.replace(/\/+$/, "");
}
