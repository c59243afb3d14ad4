import process from "node:process";
import { abortSignal, checkOption, checkOptionNames, invalidOption } from "../options/check-options.ts";
import { parseDurationMs } from "../options/duration.ts";
import { InvalidOptionError } from "../task/errors.ts";
import { WAIT_EVENT_NAMES, type WaitEventName } from "../task/wait-events.ts";
import { parseReceiverUrl, type ReceiverUrl } from "./receiver-url.ts";
import { type SignWebhook, webhookSigner } from "./webhook-secret.ts";

/** One event for one receiver. */
export interface NotifyDelivery {
  /** The event's id. */
  readonly id: string;
  readonly taskId: string;
  readonly event: WaitEventName;
  readonly url: string;
}

/** A delivery that came to nothing. */
export interface NotifyFailure extends NotifyDelivery {
  /** For people. It holds nothing of the URL and of the secret. */
  readonly reason: string;
}

/** Whom to tell of what. */
export interface NotifyOptions {
  /** Where events are posted: https, or http to this machine. */
  readonly url: string | readonly string[];
  /** Which events. Default `settled` alone. */
  readonly on?: readonly WaitEventName[] | undefined;
  /** What signs them, `whsec_…`; several, with blanks between. Default `TASKWAIT_WEBHOOK_SECRET`; without, nothing signs. */
  readonly secret?: string | undefined;
  /** How long an event is tried. Default 1 min. */
  readonly tryForMs?: number | undefined;
  readonly tryFor?: string | undefined;
  /** Ends all tries. */
  readonly signal?: AbortSignal | undefined;
  /** What was delivered before, by another process: it is not posted again. */
  readonly wasDelivered?: ((delivery: NotifyDelivery) => boolean) | undefined;
  /** Is told of each delivery, so that it can be noted. */
  readonly onDelivered?: ((delivery: NotifyDelivery) => void) | undefined;
}

/** {@link NotifyOptions}, checked. */
export interface ResolvedNotifyOptions {
  readonly urls: readonly ReceiverUrl[];
  readonly on: readonly WaitEventName[];
  readonly sign: SignWebhook | undefined;
  readonly tryForMs: number;
  readonly signal: AbortSignal;
  readonly wasDelivered: (delivery: NotifyDelivery) => boolean;
  readonly onDelivered: (delivery: NotifyDelivery) => void;
}

const NAMES: ReadonlySet<string> = new Set<keyof NotifyOptions>([
  "url",
  "on",
  "secret",
  "tryForMs",
  "tryFor",
  "signal",
  "wasDelivered",
  "onDelivered",
]);
const DEFAULT_TRY_FOR_MS = 60_000;
const MAX_TRY_FOR_MS = 3_600_000;
const SECRET_VARIABLE = "TASKWAIT_WEBHOOK_SECRET";

/** @throws InvalidOptionError naming the option and the rule, and of a URL or secret nothing else. */
export function resolveNotifyOptions(options: NotifyOptions): ResolvedNotifyOptions {
  checkOptionNames(options, NAMES, "notify");
  const { url, on = ["settled"], signal = new AbortController().signal } = options;
  const { wasDelivered = () => false, onDelivered = () => undefined } = options;
  const urls = (typeof url === "string" ? [url] : [...(url ?? [])]).map((one) =>
    parseReceiverUrl(one, "notify: url"),
  );
  if (urls.length === 0) {
    throw new InvalidOptionError("notify: url must name at least one receiver, got none");
  }
  const unknown = [...on].find((name) => !WAIT_EVENT_NAMES.includes(name));
  if (on.length === 0 || unknown !== undefined) {
    throw invalidOption("notify: on", `must be some of ${WAIT_EVENT_NAMES.join(", ")}`, unknown ?? "none");
  }
  checkOption(abortSignal, signal, "notify: signal");
  for (const [name, callback] of Object.entries({ wasDelivered, onDelivered })) {
    if (typeof callback !== "function") {
      throw invalidOption(`notify: ${name}`, "must be a function", callback);
    }
  }
  const given = options.secret ?? process.env[SECRET_VARIABLE];
  const source = options.secret === undefined ? SECRET_VARIABLE : "notify: secret";
  return {
    urls: [...new Map(urls.map((one) => [one.href, one])).values()],
    on: [...new Set(on)],
    sign: given === undefined || given === "" ? undefined : webhookSigner(given, source),
    tryForMs: readTryFor(options),
    signal,
    wasDelivered,
    onDelivered,
  };
}

function readTryFor({ tryForMs, tryFor }: NotifyOptions): number {
  if (tryForMs !== undefined && tryFor !== undefined) {
    throw new InvalidOptionError("notify: give tryForMs or tryFor, not both");
  }
  const ms =
    tryFor === undefined ? (tryForMs ?? DEFAULT_TRY_FOR_MS) : parseDurationMs(tryFor, "notify: tryFor");
  if (typeof ms !== "number" || !(ms > 0 && ms <= MAX_TRY_FOR_MS)) {
    throw invalidOption("notify: tryForMs", "must be more than 0 and at most 1 h", tryFor ?? tryForMs);
  }
  return ms;
}
