import { type CallContext, timedCall } from "../../async/timed-call.ts";
import type { CallerOptions } from "../../openapi/caller-options.ts";
import type { Endpoint } from "../../openapi/endpoint/endpoint.ts";
import { type NoteAnswer, recorded } from "../../openapi/http/call-record.ts";
import type { UseOptions } from "../../openapi/http/connections.ts";
import { exchange } from "../../openapi/http/exchange.ts";
import { networkError, timeoutError } from "../../openapi/http/network-error.ts";
import { type Route, Routes } from "../../openapi/http/routes.ts";
import { ServiceClock } from "../../openapi/http/service-clock.ts";
import type { CallSubject } from "../../openapi/request/operation.ts";
import { canonicalQuery } from "../../openapi/request/signature.ts";
import { isMaintenance, retryAfterOf } from "../../openapi/response/api-error.ts";
import { glimpseOf, notAnEnvelope, scrubEnvelope } from "../../openapi/response/envelope.ts";
import { parseExactJson } from "../../openapi/response/exact-json.ts";
import type { RawAnswer } from "../../openapi/response/raw-answer.ts";
import { type Scrub, scrubber } from "../../openapi/response/scrub.ts";
import { DEFAULT_CALL_TIMEOUT_MS } from "../../options/named-durations.ts";
import { isTaskwaitError } from "../../task/errors.ts";
import type { HttpRequest } from "../format/task-api.ts";
import type { PreparedRequest } from "../request/prepared-request.ts";
import { answerError } from "./answer-error.ts";
import { type ApiKey, keyOf } from "./api-key.ts";
import { overridingEndpoint } from "./endpoint-of-apis.ts";
import { spentQuotaOf } from "./spent-quota.ts";
import type { JsonAnswer, Transport } from "./transport.ts";

/** What decides which answers are errors. */
interface HttpReading {
  readonly name: string;
  /** Whether an HTTP status is a word, and so its answer no error; undefined where none is read as one. */
  readonly claimsStatus: ((httpStatus: number) => boolean) | undefined;
}

/** Calls of any other HTTP API, with a key in a header. */
export function httpTransport(
  request: HttpRequest,
  options: CallerOptions,
  key: ApiKey | undefined,
  { name, claimsStatus }: HttpReading,
): Transport {
  const { callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS, onCall, regionId } = options;
  const override = overridingEndpoint(request, options, name);
  const proxied = new Routes(options);
  // What runs on this machine gets its key from no proxy.
  const direct = new Routes({});
  const clock = new ServiceClock();

  const routeTo = (endpoint: Endpoint): Route => (endpoint.loopback ? direct : proxied).to(endpoint);

  const call = (
    prepared: PreparedRequest,
    about: CallSubject,
    signal: AbortSignal | undefined,
    note: NoteAnswer,
  ): Promise<JsonAnswer> => {
    const { origin, host } = override ?? new URL(prepared.origin);
    const route = routeTo({ origin, host, loopback: origin.startsWith("http:") });
    let connected = false;
    const onConnected = (): void => {
      connected = true;
    };
    const run = async ({ signal: inner }: CallContext): Promise<JsonAnswer> => {
      const secret = await keyOf(request, key, name);
      inner.throwIfAborted();
      return await send(route, prepared, about, secret, { signal: inner, fresh: false, onConnected }, note);
    };
    const onTimeout = () => timeoutError(about, route, callTimeoutMs, connected);
    return timedCall(run, { timeoutMs: callTimeoutMs, signal, onTimeout }).promise;
  };

  const send = async (
    route: Route,
    prepared: PreparedRequest,
    about: CallSubject,
    secret: { readonly header: string; readonly value: string; readonly key: string } | undefined,
    use: UseOptions,
    note: NoteAnswer,
  ): Promise<JsonAnswer> => {
    const scrub = scrubber([...route.secrets, ...(secret === undefined ? [] : [secret.value, secret.key])]);
    const query = canonicalQuery(prepared.query);
    const sent = {
      method: prepared.method,
      target: query === "" ? prepared.path : `${prepared.path}?${query}`,
      headers: {
        host: route.host,
        accept: "application/json",
        "accept-encoding": "identity",
        "user-agent": "taskwait",
        ...prepared.headers,
        ...(secret === undefined ? {} : { [secret.header]: secret.value }),
      },
    };
    const sentMs = performance.now();
    let answer: RawAnswer;
    try {
      answer = await route.connections.use(use, (open) => exchange(open, about, sent, scrub));
    } catch (error) {
      throw isTaskwaitError(error) ? error : networkError(error, about, route, scrub);
    }
    note({ httpStatus: answer.httpStatus });
    clock.hear(answer.headers.get("date"), performance.now() - sentMs);
    const json = jsonOf(answer, about, scrub, claimsStatus);
    const retryAfterMs = retryAfterOf(answer.headers);
    return {
      httpStatus: answer.httpStatus,
      json,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  };

  return {
    insteadOrigin: override?.origin,
    call: (prepare, about, signal) => {
      const record = (note: NoteAnswer) => call(prepare(regionId), about, signal, note);
      return onCall === undefined
        ? Promise.resolve().then(() => record(() => undefined))
        : recorded({ action: name, ...about }, onCall, record);
    },
    clockAheadMs: () => clock.aheadMs,
    close: async () => {
      proxied.close();
      direct.close();
    },
  };
}

/** The JSON of a good answer, or of one whose status is a word; what else came becomes an error. */
function jsonOf(
  answer: RawAnswer,
  about: CallSubject,
  scrub: Scrub,
  claimsStatus: HttpReading["claimsStatus"],
): unknown {
  const { httpStatus, headers } = answer;
  // An answer whose status says all, such as 204, may have no body.
  const isBare = claimsStatus !== undefined && answer.text.trim() === "";
  const json = isBare ? {} : parsed(answer.text);
  // The status counts, also of a page that a server or a gateway made: 404 is "not found" whatever stands in it.
  if (httpStatus >= 400 && !(json !== undefined && claimsStatus?.(httpStatus))) {
    const quota = spentQuotaOf(httpStatus, headers);
    const retryAfterMs = retryAfterOf(headers) ?? quota?.resetMs;
    const maintenance = isMaintenance(httpStatus, headers);
    const facts = {
      httpStatus,
      maintenance,
      isQuotaSpent: quota !== undefined,
      ...about,
      ...(isBare || json === undefined ? { glimpse: glimpseOf(answer, scrub) } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    throw answerError(json, facts, scrub);
  }
  if (json === undefined) {
    throw notAnEnvelope(answer, about, scrub);
  }
  scrubEnvelope(json as Readonly<Record<string, unknown>>, scrub);
  return json;
}

/** An object or a list; undefined for anything else. */
function parsed(text: string): object | undefined {
  try {
    const json: unknown = parseExactJson(text);
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
