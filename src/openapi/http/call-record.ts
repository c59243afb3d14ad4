import { performance } from "node:perf_hooks";
import { isApiError } from "../../task/errors.ts";
import { printable } from "../../task/printable.ts";
import type { Operation } from "../request/operation.ts";

/** One HTTP call, for a log. It holds no secret: no header, no query, no body. */
export interface CallRecord {
  /** Such as `GetStack`. */
  readonly action: string;
  /** The task that the call was about. */
  readonly taskId?: string;
  /** Absent when there was no answer. */
  readonly httpStatus?: number;
  /** The service's `Code`, when the answer was an error. */
  readonly apiCode?: string;
  /** For the service's support. */
  readonly requestId?: string;
  /** From asking for the credentials to having read the answer, in milliseconds. */
  readonly durationMs: number;
}

/** What is noted of an answer, whatever becomes of it. */
interface NotedAnswer {
  readonly httpStatus: number;
  /** Free of secrets. */
  readonly requestId?: string;
}

/** Takes note of an answer. */
export type NoteAnswer = (answer: NotedAnswer) => void;

/**
 * Makes a call and tells `onCall` of it, whose own failures are only warned of.
 *
 * @param make - Makes the call; it passes on the answer, if there is one.
 */
export async function recorded<T>(
  operation: Pick<Operation, "action" | "taskId">,
  onCall: (record: CallRecord) => void,
  make: (note: NoteAnswer) => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  let answer: NotedAnswer | undefined;
  const tell = (error?: unknown): void => {
    try {
      onCall(recordOf(operation, answer, error, performance.now() - startedMs));
    } catch (thrown) {
      process.emitWarning(`onCall threw: ${printable(String(thrown))}`, { type: "TaskwaitWarning" });
    }
  };
  try {
    const value = await make((got) => {
      answer = got;
    });
    tell();
    return value;
  } catch (error) {
    tell(error);
    throw error;
  }
}

function recordOf(
  { action, taskId }: Pick<Operation, "action" | "taskId">,
  answer: NotedAnswer | undefined,
  error: unknown,
  durationMs: number,
): CallRecord {
  const apiError = isApiError(error) ? error : undefined;
  const requestId = apiError?.requestId ?? answer?.requestId;
  return {
    action,
    ...(taskId === undefined ? {} : { taskId }),
    ...(answer === undefined ? {} : { httpStatus: answer.httpStatus }),
    ...(apiError === undefined ? {} : { apiCode: apiError.apiCode }),
    ...(requestId === undefined ? {} : { requestId: printable(requestId, 100) }),
    durationMs,
  };
}
