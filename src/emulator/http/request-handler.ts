import type { ServerResponse } from "node:http";
import { printable } from "../../task/printable.ts";
import { type FaultDecider, type FaultSet, faultSet } from "../faults/fault.ts";
import { substituteAnswer } from "../faults/substitute.ts";
import { type Answer, errorAnswer } from "../protocol/answer.ts";
import { type ApiRequest, header } from "../protocol/api-request.ts";
import { refuse } from "../protocol/refusal.ts";
import type { RequestLog } from "../service/request-log.ts";
import type { RequestRecord } from "../service/request-record.ts";
import type { Handled, Service } from "../service/service.ts";
import type { RequestHandler } from "./server.ts";
import { send } from "./transport.ts";

const TOO_LARGE: ApiRequest = { method: "", path: "", query: [], headers: {}, body: new Uint8Array() };

/** What the handler takes of an emulator's options. */
export interface HandlerOptions {
  readonly decide: FaultDecider;
  readonly log: (record: RequestRecord) => void;
  readonly clockSkewMs?: number;
}

/** Ties service, faults, records and transport together. */
export function requestHandler(options: HandlerOptions, service: Service, log: RequestLog): RequestHandler {
  let requests = 0;
  return (received, response) => {
    const n = requests;
    requests += 1;
    try {
      respond(n, received, response);
    } catch (error) {
      // A mistake in the caller's decider or logger: the client sees it, and the emulator goes on.
      const message = error instanceof Error ? error.message : String(error);
      const refusal = refuse("InternalError", { message: `The emulator failed: ${printable(message)}` });
      send(response, errorAnswer(refusal, ""), undefined);
    }
  };

  function respond(n: number, received: ApiRequest | undefined, response: ServerResponse): void {
    const request = received ?? TOO_LARGE;
    const { method, path } = request;
    const asked = service.asked(request);
    const faults = faultSet(options.decide({ method, path, ...asked }, n));
    const atMs = Date.now();
    const serverNowMs = atMs + (options.clockSkewMs ?? 0) + faults.skewMs;
    const handled = answerTo(received, faults, service, serverNowMs);
    // Also when the client hangs up, and when there is never an answer.
    response.once("close", handled.leave);
    const record = {
      n,
      atMs,
      method,
      path,
      ...asked,
      ...outcomeOf(handled, faults),
      faults: faults.names,
    };
    log.add(record);
    options.log(record);
    const answer = dated(handled.answer, serverNowMs);
    if (faults.latencyMs <= 0) {
      send(response, answer, faults.shaping);
      return;
    }
    const timer = setTimeout(() => send(response, answer, faults.shaping), faults.latencyMs);
    response.once("close", () => clearTimeout(timer));
  }
}

function answerTo(
  request: ApiRequest | undefined,
  faults: FaultSet,
  service: Service,
  nowMs: number,
): Handled {
  const host = request === undefined ? "" : (header(request, "host") ?? "");
  const substitute = substituteAnswer(faults.shaping, host);
  if (substitute !== undefined) {
    return { answer: substitute, leave: () => {} };
  }
  return request === undefined
    ? { answer: errorAnswer(refuse("RequestBodyTooLarge"), host), leave: () => {} }
    : service.handle(request, nowMs);
}

function outcomeOf(
  handled: Handled,
  faults: FaultSet,
): Pick<RequestRecord, "httpStatus" | "code" | "requestId" | "taskId" | "accessKeyId"> {
  const { answer, accessKeyId, taskId } = handled;
  const silent = faults.shaping?.kind === "hang" && faults.shaping.at === "headers";
  return {
    httpStatus: silent ? 0 : answer.httpStatus,
    ...(answer.code === undefined ? {} : { code: answer.code }),
    requestId: answer.requestId,
    ...(taskId === undefined ? {} : { taskId }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
  };
}

function dated(answer: Answer, nowMs: number): Answer {
  return { ...answer, headers: { ...answer.headers, date: new Date(nowMs).toUTCString() } };
}
