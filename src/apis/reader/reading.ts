import { withExactTexts } from "../../openapi/response/exact-json.ts";
import { compileExpression, type Expression, type Scalar, scalarOf } from "../expression/expression.ts";
import type { Refused, TaskApi } from "../format/task-api.ts";
import { type ClaimsStatus, claimedStatuses } from "./http-status.ts";
import { type WordTable, wordTable } from "./words.ts";

/** An expression that may be absent, and whose faults count as absent. */
export type OptionalExpression = Expression | undefined;

/** The compiled expressions of a declaration. */
export interface Reading {
  readonly name: string;
  readonly at: OptionalExpression;
  readonly id: OptionalExpression;
  readonly status: Expression;
  readonly words: WordTable;
  /** Undefined where `task.status` does not read the HTTP status. */
  readonly claimsStatus: ClaimsStatus | undefined;
  /** A list that lacks the task says nothing of it. */
  readonly absenceIsUnknown: boolean;
  readonly progress: OptionalExpression;
  readonly progressOf: Expression | number;
  readonly remaining: OptionalExpression;
  readonly type: OptionalExpression;
  readonly error: OptionalExpression;
  readonly result: OptionalExpression;
  readonly started: OptionalExpression;
  readonly ended: OptionalExpression;
  readonly timeZone: string;
  readonly refused: { readonly [K in keyof Refused]-?: OptionalExpression } | undefined;
  readonly list: ListReading | undefined;
}

/** The compiled expressions of a listing. */
export interface ListReading {
  readonly at: Expression;
  readonly status: Expression;
  /** The parameter that asks for the next page, and what says which. */
  readonly next: { readonly parameter: string; readonly value: Expression; readonly isPageCount: boolean };
}

/** @throws `InvalidOptionError` naming the key of the first expression that can't be used. */
export function compileReading({ name, request, task, refused, list }: TaskApi): Reading {
  const value = (text: string | undefined, path: string): OptionalExpression =>
    text === undefined ? undefined : compileExpression(text, `${name}: ${path}`, "value");
  const status = compileExpression(task.status, `${name}: task.status`, "value");
  const words = wordTable(task.states, `${name}: task.states`);
  const { progress } = task;
  const of = typeof progress === "object" ? progress.of : 100;
  return {
    name,
    at: task.at === undefined ? undefined : compileExpression(task.at, `${name}: task.at`, "place"),
    id: value(task.id, "task.id"),
    status,
    words,
    claimsStatus:
      request.style === "http" ? claimedStatuses(status, words, `${name}: task.states`) : undefined,
    absenceIsUnknown: task.absence === "unknown",
    progress:
      typeof progress === "object"
        ? value(progress.value, "task.progress.value")
        : value(progress, "task.progress"),
    progressOf: typeof of === "number" ? of : compileExpression(of, `${name}: task.progress.of`, "value"),
    remaining: value(task.remaining, "task.remaining"),
    type: value(task.type, "task.type"),
    error: value(task.error, "task.error"),
    result:
      task.result === undefined ? undefined : compileExpression(task.result, `${name}: task.result`, "any"),
    started: value(task.started, "task.started"),
    ended: value(task.ended, "task.ended"),
    timeZone: task.timeZone ?? "Z",
    refused: refused && {
      when: compileExpression(refused.when, `${name}: refused.when`, "any"),
      code: value(refused.code, "refused.code"),
      message: value(refused.message, "refused.message"),
    },
    list: list && {
      at: compileExpression(list.at, `${name}: list.at`, "place"),
      status: value(list.status, "list.status") ?? status,
      next:
        "page" in list.next
          ? {
              parameter: list.next.page,
              value: compileExpression(list.next.pages, `${name}: list.next.pages`, "value"),
              isPageCount: true,
            }
          : {
              parameter: list.next.parameter,
              value: compileExpression(list.next.value, `${name}: list.next.value`, "value"),
              isPageCount: false,
            },
    },
  };
}

/** Told of an expression that threw and was counted as absent. */
export type OnFault = (expression: Expression, error: unknown) => void;

/** What an expression that may be absent gives; functions of JMESPath that refuse their argument give nothing. */
export function optionalScalar(
  expression: OptionalExpression,
  value: unknown,
  onFault: OnFault,
): Scalar | undefined {
  return scalarOf(optional(expression, value, onFault));
}

/** {@link optionalScalar} for expressions that may give anything. */
export function optional(expression: OptionalExpression, value: unknown, onFault: OnFault): unknown {
  if (expression === undefined) {
    return undefined;
  }
  try {
    return expression.evaluate(value);
  } catch (error) {
    onFault(expression, error);
    return undefined;
  }
}

/**
 * The text that an expression gives, for ids and tokens: of a number, all digits that the service sent, though JavaScript
 * rounds it.
 */
export function optionalText(
  expression: OptionalExpression,
  value: unknown,
  onFault: OnFault,
): string | undefined {
  const given = optionalScalar(expression, value, onFault);
  const text = given === undefined ? undefined : String(given);
  if (text === undefined || !/\d{16}|e\+/.test(text)) {
    return text;
  }
  const exact = optionalScalar(expression, withExactTexts(value), onFault);
  return exact === undefined ? text : String(exact);
}
