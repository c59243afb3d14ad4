import { MAX_ANSWER_BYTES } from "../openapi/request/operation.ts";
import { nearestName } from "../options/nearest-name.ts";
import { quoted } from "../task/printable.ts";
import type { CallOptions } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import { compileApi } from "./compile-api.ts";
import type { Expression } from "./expression/expression.ts";
import type { TaskApi } from "./format/task-api.ts";
import { statusIn } from "./reader/http-status.ts";
import { readTask } from "./reader/read-answer.ts";
import { optionalText, type Reading } from "./reader/reading.ts";
import { wordsUntil } from "./reader/words.ts";
import type { PreparedRequest } from "./request/prepared-request.ts";
import { checkApiTaskId, checkSet } from "./request/values.ts";
import type { TaskApiSourceOptions } from "./task-api-source.ts";
import type { JsonAnswer } from "./transport/transport.ts";
import { transportOf } from "./transport-of.ts";

/** What one key of a declaration gave. */
export interface KeyReading {
  /** Such as `task.status`. */
  readonly key: string;
  readonly expression: string;
  /** What the expression gave; absent when it threw. */
  readonly value?: unknown;
  /** Why it could not be evaluated. */
  readonly problem?: string;
}

/** What one call to a declared API showed. */
export interface Trial {
  readonly method: string;
  /** What was asked, without keys and signature. */
  readonly url: string;
  /** The declared scheme, host and port, where another was asked, such as an emulator's. */
  readonly insteadOf?: string;
  /** The answer's JSON; absent when there was none, or an error. */
  readonly answer?: unknown;
  readonly keys: readonly KeyReading[];
  /** What the answer was read as. */
  readonly task?: Task;
  /** The service's word where it is in no state, with the most alike of the declared ones. */
  readonly unknownWord?: { readonly word: string; readonly nearest?: string };
  /** Why it was not. */
  readonly error?: unknown;
}

/**
 * Makes one call to a declared API, and tells what was asked, what was answered, and what each key of the declaration made
 * of it: for people who are writing one.
 *
 * @throws `InvalidOptionError` for a declaration, an id or an option that can't be used. What goes wrong later is in the
 * result's `error`.
 */
export async function tryTaskApi(
  declaration: TaskApi | object,
  taskId: string,
  options: TaskApiSourceOptions = {},
  { signal }: CallOptions = {},
): Promise<Trial> {
  const compiled = compileApi(declaration);
  const { api, reading, request } = compiled;
  const { set = {}, until: _, apiKey, onWarning: __, ...callerOptions } = options;
  checkApiTaskId(taskId);
  const values = { taskIds: [taskId], set: checkSet(set, request.setNames, api.name), nowMs: Date.now() };
  const transport = transportOf(compiled, callerOptions, apiKey);
  const asked: { request?: PreparedRequest } = {};
  const about = { subject: `${api.name} ${quoted(taskId)}`, taskId, maxBytes: MAX_ANSWER_BYTES };
  try {
    const head = await transport.call(
      (region) => {
        asked.request = request.prepare({ ...values, region });
        return asked.request;
      },
      about,
      signal,
    );
    const { json, httpStatus } = head;
    const keys = readKeys(json, taskId, httpStatus, reading);
    return {
      ...preview(asked.request, transport.insteadOrigin),
      answer: json,
      keys,
      ...readAs(head, taskId, api, reading),
    };
  } catch (error) {
    return { ...preview(asked.request, transport.insteadOrigin), keys: [], error };
  } finally {
    await transport.close();
  }
}

function preview(
  request: PreparedRequest | undefined,
  insteadOrigin: string | undefined,
): Pick<Trial, "method" | "url" | "insteadOf"> {
  if (request === undefined) {
    return { method: "", url: "" };
  }
  const query = request.query.map(([name, value]) => `${name}=${value}`).join("&");
  return {
    method: request.method,
    url: `${insteadOrigin ?? request.origin}${request.path}${query === "" ? "" : `?${query}`}`,
    ...(insteadOrigin === undefined ? {} : { insteadOf: request.origin }),
  };
}

function readAs(
  answer: JsonAnswer,
  taskId: string,
  api: TaskApi,
  reading: Reading,
): Pick<Trial, "task" | "unknownWord" | "error"> {
  const until = api.task.states.complete === undefined ? [] : undefined;
  const words = wordsUntil(reading.words, until, api.name);
  try {
    const task = readTask(answer.json, taskId, { reading, words, onFault: () => undefined }, answer);
    const { serviceStatus: word = "" } = task;
    if (reading.words.has(word)) {
      return { task };
    }
    const nearest = nearestName(word, reading.words.keys());
    return { task, unknownWord: { word, ...(nearest === undefined ? {} : { nearest }) } };
  } catch (error) {
    return { error };
  }
}

function readKeys(
  json: unknown,
  taskId: string,
  httpStatus: number,
  reading: Reading,
): readonly KeyReading[] {
  const { refused, at, id, progress, progressOf, remaining, type, error, result, started, ended } = reading;
  const place = at === undefined ? json : evaluated(at, json).value;
  const objects: readonly unknown[] = Array.isArray(place) ? place : [place];
  const ours = objects.find((one) => optionalText(id, one, () => undefined) === taskId);
  const object = ours ?? objects[0];
  const status = statusIn(reading, httpStatus, Array.isArray(place));
  const of = typeof progressOf === "number" ? undefined : progressOf;
  return [
    ...[refused?.when, refused?.code, refused?.message, at].map((one) => one && evaluated(one, json)),
    ...[id, status, progress, of, remaining, type, error, result, started, ended].map(
      (one) => one && evaluated(one, object),
    ),
  ].filter((one) => one !== undefined);
}

function evaluated({ path, text, evaluate }: Expression, value: unknown): KeyReading {
  const head = { key: path.slice(path.indexOf(": ") + 2), expression: text };
  try {
    const given = evaluate(value);
    return { ...head, value: typeof given === "function" ? undefined : given };
  } catch (error) {
    return { ...head, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The placeholders of a declaration that `set` must give. */
export function placeholdersOf(declaration: TaskApi | object): readonly string[] {
  return [...compileApi(declaration).request.setNames];
}
