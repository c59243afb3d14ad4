import { randomUUID } from "node:crypto";
import { type CallContext, timedCall } from "../async/timed-call.ts";
import { DEFAULT_CALL_TIMEOUT_MS } from "../options/named-durations.ts";
import { type ApiError, isTaskwaitError, UnreachableError } from "../task/errors.ts";
import type { CallerOptions } from "./caller-options.ts";
import { type Credential, secretsOf } from "./credentials/credential.ts";
import { type CredentialSource, chooseCredentials } from "./credentials/credential-source.ts";
import type { Environment } from "./credentials/environment.ts";
import type { NamedRegion } from "./credentials/profile.ts";
import { type Endpoint, namedEndpoint, parseEndpoint, wantsVpc } from "./endpoint/endpoint.ts";
import { chooseRegion } from "./endpoint/region.ts";
import { type NoteAnswer, recorded } from "./http/call-record.ts";
import { ConnectError } from "./http/connect-error.ts";
import type { UseOptions } from "./http/connections.ts";
import { exchange } from "./http/exchange.ts";
import { networkError, timeoutError } from "./http/network-error.ts";
import { type Route, Routes } from "./http/routes.ts";
import { ServiceClock } from "./http/service-clock.ts";
import { aboutTask, type Operation } from "./request/operation.ts";
import { signRequest } from "./request/signed-request.ts";
import { apiErrorOf, resendable } from "./response/api-error.ts";
import { type Envelope, notAnEnvelope, parseEnvelope, scrubEnvelope } from "./response/envelope.ts";
import type { RawAnswer } from "./response/raw-answer.ts";
import { hidingToo, type Scrub, scrubber } from "./response/scrub.ts";

// Of SHA-256 in hexadecimal, at the end of the header.
const SIGNATURE_LENGTH = 64;

const ANY_ENDPOINT = { origin: "https://endpoint.invalid", host: "endpoint.invalid", loopback: false };

/** A good answer. Nothing in it shows a secret of the caller, whatever the service echoes. */
export interface Answer {
  readonly httpStatus: number;
  /** Under lower-case names; of a header sent several times, the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** The JSON object. */
  readonly body: Envelope;
}

/**
 * Makes signed calls to any OpenAPI: asks for a credential, finds the host, signs, sends, and tells answers from errors.
 * It never sends twice, but corrects what the service refuses (the date, an outdated token), and says so in the error.
 *
 * Calls reject with `ApiError` for an error of the API, `ProtocolError` for an answer that is not its JSON,
 * `UnreachableError` when there is none in time, `AccessDeniedError` without credentials, and with the signal's own
 * reason after an abort.
 */
export class Caller {
  readonly #timeoutMs: number;
  readonly #credentials: CredentialSource;
  readonly #endpoint: Endpoint | undefined;
  readonly #vpc: boolean;
  readonly #region: () => Promise<NamedRegion | undefined>;
  readonly #routes: Routes;
  readonly #clock = new ServiceClock();
  #scrubber: { readonly key: string; readonly scrub: Scrub } | undefined;
  readonly #onCall: CallerOptions["onCall"];

  /**
   * @param options - Checked by `checkCallerOptions`.
   * @param environment - What names endpoint and region.
   * @throws {@link InvalidOptionError} for what can be told without I/O.
   */
  constructor(options: CallerOptions, environment: Environment = process.env) {
    this.#timeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
    this.#onCall = options.onCall;
    this.#credentials = chooseCredentials(options);
    this.#endpoint = namedEndpoint(options, environment);
    this.#vpc = wantsVpc(options, environment);
    this.#region = chooseRegion(options, environment);
    this.#routes = new Routes(options);
    // For a variable that names no proxy.
    this.#routes.to(this.#endpoint ?? ANY_ENDPOINT);
  }

  /** Makes one call. Rejects with the signal's own reason when it is aborted. */
  call(
    operation: Operation,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    const onCall = this.#onCall;
    return onCall === undefined
      ? this.#call(operation, signal, () => undefined)
      : recorded(operation, onCall, (note) => this.#call(operation, signal, note));
  }

  /** The region that options, environment or profile name, for operations that take it as a parameter. */
  region(): Promise<NamedRegion | undefined> {
    return this.#region();
  }

  /** How far the service's clock is ahead of this machine's, in milliseconds; undefined before any answer. */
  get clockAheadMs(): number | undefined {
    return this.#clock.aheadMs;
  }

  /** Closes the connections: idle ones now, others when their calls have ended. A later call opens new ones. */
  close(): void {
    this.#routes.close();
  }

  #call(operation: Operation, signal: AbortSignal | undefined, note: NoteAnswer): Promise<Answer> {
    let route: Route | undefined;
    let connected = false;
    const onTimeout = () => {
      if (route !== undefined) {
        return timeoutError(operation, route, this.#timeoutMs, connected);
      }
      // What gives the credentials hangs. The next call must not wait for the same.
      this.#credentials.forget();
      return new UnreachableError(`${operation.subject} got no credentials within ${this.#timeoutMs} ms`, {
        ...aboutTask(operation),
        cause: new ConnectError("nothing was sent"),
      });
    };
    const onConnected = (): void => {
      connected = true;
    };
    const run = async ({ signal: inner }: CallContext): Promise<Answer> => {
      const credential = await this.#credentials.get();
      route = this.#routes.to(await this.#endpointOf(operation));
      inner.throwIfAborted();
      return await this.#send(
        operation,
        credential,
        route,
        { signal: inner, fresh: !operation.readOnly, onConnected },
        note,
      );
    };
    return timedCall(run, { timeoutMs: this.#timeoutMs, signal, onTimeout }).promise;
  }

  async #endpointOf({ host, action }: Operation): Promise<Endpoint> {
    if (this.#endpoint !== undefined) {
      return this.#endpoint;
    }
    const name = typeof host === "string" ? host : host(await this.#region(), this.#vpc);
    return parseEndpoint(name, `the host of ${action}`, false);
  }

  async #send(
    operation: Operation,
    credential: Credential,
    route: Route,
    use: UseOptions,
    note: NoteAnswer,
  ): Promise<Answer> {
    const dateMs = this.#clock.now();
    const sentMs = performance.now();
    const request = signRequest(operation, credential, { host: route.host, dateMs, nonce: randomUUID() });
    const scrub = hidingToo(
      this.#scrubberOf([...route.secrets, ...secretsOf(credential)]),
      request.headers["authorization"]?.slice(-SIGNATURE_LENGTH),
    );
    let answer: RawAnswer;
    try {
      answer = await route.connections.use(use, (send) => exchange(send, operation, request, scrub));
    } catch (error) {
      throw isTaskwaitError(error) ? error : networkError(error, operation, route, scrub);
    }
    const requestId = answer.headers.get("x-acs-request-id");
    note({
      httpStatus: answer.httpStatus,
      ...(requestId === undefined ? {} : { requestId: scrub(requestId) }),
    });
    this.#clock.hear(answer.headers.get("date"), performance.now() - sentMs);
    const envelope = parseEnvelope(answer);
    const error = apiErrorOf(answer, envelope, operation, scrub);
    if (error !== undefined) {
      throw (await this.#correct(error, answer, operation, credential, dateMs)) ? resendable(error) : error;
    }
    if (envelope === undefined || answer.httpStatus >= 400) {
      throw notAnEnvelope(answer, operation, scrub);
    }
    if (scrub(answer.text) !== answer.text) {
      scrubEnvelope(envelope, scrub);
    }
    return { httpStatus: answer.httpStatus, headers: answer.headers, body: envelope };
  }

  /** Making one costs more than signing, and the secrets of one call are mostly those of the next. */
  #scrubberOf(secrets: readonly string[]): Scrub {
    const key = secrets.join("\n");
    if (this.#scrubber?.key !== key) {
      this.#scrubber = { key, scrub: scrubber(secrets) };
    }
    return this.#scrubber.scrub;
  }

  /** Whether the same call may be sent again at once, because it would now be another request. */
  async #correct(
    error: ApiError,
    answer: RawAnswer,
    operation: Operation,
    credential: Credential,
    dateMs: number,
  ): Promise<boolean> {
    if (error.apiCode === "InvalidTimeStamp.Expired") {
      return this.#clock.correct(answer.headers.get("date"), dateMs);
    }
    if (error.apiCode === "SignatureNonceUsed") {
      // Nonces are never used twice here, so something on the way sent the first copy: a start may have run.
      return operation.readOnly;
    }
    if (/^Invalid(?:SecurityToken|AccessKeyId)\b/.test(error.apiCode)) {
      this.#credentials.forget();
      const renewed = await this.#credentials.get().catch(() => credential);
      return secretsOf(renewed).join() !== secretsOf(credential).join();
    }
    return false;
  }
}
