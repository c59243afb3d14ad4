import type { Answer } from "../protocol/answer.ts";
import type { ApiRequest } from "../protocol/api-request.ts";
import type { Action } from "../protocol/routes.ts";

/** What a request asks for, as far as method, path and headers tell. */
export interface Asked {
  /** The operation of BDRC. */
  readonly action?: Action;
  /** The declared API. */
  readonly api?: string;
  /** The task, when it is about one. */
  readonly taskId?: string;
}

/** One call's answer, and what is to be done when it has been sent. */
export interface Handled {
  readonly answer: Answer;
  readonly accessKeyId?: string;
  /** The task that the call asked for or started. */
  readonly taskId?: string;
  /** Gives the call's place among those in flight back. */
  readonly leave: () => void;
}

/** Answers requests. */
export interface Service {
  /** What a request asks for; empty when it is none of this service's. */
  asked(request: ApiRequest): Asked;
  /**
   * Answers one request.
   *
   * @param nowMs - The server's clock, in Unix milliseconds.
   */
  handle(request: ApiRequest, nowMs: number): Handled;
}

/** An action that is done once, however often it is asked for. */
export function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      action();
    }
  };
}
