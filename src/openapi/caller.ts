import { randomUUID } from "node:crypto";
import { timedCall } from "../async/timed-call.ts";
import { aboutTask, type Operation } from "../bdrc/operations.ts";
import {
  type BdrcApiError,
  isProtocolError,
  isTaskwaitError,
  ProtocolError,
  UnreachableError,
} from "../task/errors.ts";
import type { BdrcClientOptions } from "./caller-options.ts";
import { type Credential, type CredentialSource, secretsOf } from "./credentials/credential.ts";
import { chooseCredentials } from "./credentials/credential-source.ts";
import { chooseDestination, type Destination } from "./endpoint/destination.ts";
import { type CallRecord, type NoteAnswer, recorded } from "./http/call-record.ts";
import { exchange, type RawAnswer } from "./http/exchange.ts";
import { networkError, timeoutError } from "./http/network-error.ts";
import { parseProxy } from "./http/proxy.ts";
import { ServiceClock } from "./http/service-clock.ts";
import { type SignedRequest, signRequest } from "./request/signed-request.ts";
import { apiErrorOf, resendable } from "./response/api-error.ts";
import { type Envelope, notAnEnvelope, parseEnvelope } from "./response/envelope.ts";
import { type Scrub, scrubber } from "./response/scrub.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Turns an answer's JSON into what was asked for. */
export type Reader<T> = (envelope: Envelope) => T;

/**
 * Makes single calls: asks for a credential, signs, sends, and tells answers from errors. It never sends twice,
 * but mends what the service complains of (the date, an outdated token), and says so in the error.
 */
export class Caller {
  readonly #timeoutMs: number;
  readonly #credentials: CredentialSource;
  readonly #destination: () => Promise<Destination>;
  readonly #clock = new ServiceClock();
  readonly #onCall: ((record: CallRecord) => void) | undefined;
  #reached: Destination | undefined;

  /** @throws {@link InvalidOptionError} for what can be told without I/O. */
  constructor(options: BdrcClientOptions) {
    this.#timeoutMs = options.callTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#onCall = options.onCall;
    this.#credentials = chooseCredentials(options);
    if (options.proxy !== undefined) {
      parseProxy(options.proxy, "proxy");
    }
    this.#destination = chooseDestination(options);
  }

  /** Makes one call. Rejects with the signal's own reason when it is aborted. */
  call<T>(operation: Operation, signal: AbortSignal | undefined, read: Reader<T>): Promise<T> {
    const onCall = this.#onCall;
    return onCall === undefined
      ? this.#call(operation, signal, read, () => undefined)
      : recorded(operation, onCall, (note) => this.#call(operation, signal, read, note));
  }

  /** How far the service's clock is ahead of this machine's, in milliseconds; undefined before any answer. */
  get clockAheadMs(): number | undefined {
    return this.#clock.aheadMs;
  }

  /** Closes the connections: idle ones now, others when their calls have ended. */
  async close(): Promise<void> {
    await this.#reached?.connections.close();
  }

  #call<T>(
    operation: Operation,
    signal: AbortSignal | undefined,
    read: Reader<T>,
    note: NoteAnswer,
  ): Promise<T> {
    let destination: Destination | undefined;
    const onTimeout = () => {
      if (destination !== undefined) {
        return timeoutError(operation, destination.route, this.#timeoutMs);
      }
      // Whoever is asked for credentials hangs. The next call shall not wait for the same.
      this.#credentials.forget();
      return new UnreachableError(
        `${operation.subject} got no credentials within ${this.#timeoutMs} ms`,
        aboutTask(operation),
      );
    };
    const run = async (inner: AbortSignal): Promise<T> => {
      const credential = await this.#credentials.get();
      destination = await this.#destination();
      this.#reached = destination;
      inner.throwIfAborted();
      return await this.#send(operation, credential, destination, inner, read, note);
    };
    return timedCall(run, { timeoutMs: this.#timeoutMs, signal, onTimeout }).promise;
  }

  async #send<T>(
    operation: Operation,
    credential: Credential,
    destination: Destination,
    signal: AbortSignal,
    read: Reader<T>,
    note: NoteAnswer,
  ): Promise<T> {
    const { endpoint, connections, route, secrets } = destination;
    const dateMs = this.#clock.now();
    const sentAtMs = Date.now();
    const request = signRequest(operation, credential, { host: endpoint.host, dateMs, nonce: randomUUID() });
    const scrub = scrubber([...secrets, ...secretsOf(credential), ...secretsIn(request)]);
    let answer: RawAnswer;
    try {
      answer = await connections.use(signal, (dispatcher) =>
        exchange(dispatcher, endpoint.origin, operation, request, signal),
      );
    } catch (error) {
      throw isTaskwaitError(error) ? scrubbed(error, scrub) : networkError(error, operation, route, scrub);
    }
    const requestId = answer.headers.get("x-acs-request-id");
    note({
      httpStatus: answer.httpStatus,
      ...(requestId === undefined ? {} : { requestId: scrub(requestId) }),
    });
    this.#clock.hear(answer.headers.get("date"), sentAtMs);
    const envelope = parseEnvelope(answer);
    const error = apiErrorOf(answer, envelope, operation, scrub);
    if (error !== undefined) {
      throw (await this.#mend(error, answer, operation, credential, dateMs)) ? resendable(error) : error;
    }
    if (envelope === undefined || answer.httpStatus >= 400) {
      throw notAnEnvelope(answer, operation, scrub);
    }
    try {
      return read(envelope);
    } catch (unreadable) {
      throw scrubbed(unreadable, scrub);
    }
  }

  /** Whether the same call may be sent again at once, because it would now be another request. */
  async #mend(
    error: BdrcApiError,
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
      return operation.method === "GET";
    }
    if (/^Invalid(?:SecurityToken|AccessKeyId)\b/.test(error.apiCode)) {
      this.#credentials.forget();
      const renewed = await this.#credentials.get().catch(() => credential);
      return secretsOf(renewed).join() !== secretsOf(credential).join();
    }
    return false;
  }
}

function secretsIn({ headers }: SignedRequest): string[] {
  const authorization = headers["authorization"];
  return authorization === undefined ? [] : [authorization, authorization.slice(-64)];
}

function scrubbed(error: unknown, scrub: Scrub): unknown {
  if (!isProtocolError(error) || scrub(error.message) === error.message) {
    return error;
  }
  return new ProtocolError(scrub(error.message), error.taskId === undefined ? {} : { taskId: error.taskId });
}
