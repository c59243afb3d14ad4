import { InvalidOptionError } from "../../task/errors.ts";
import type { Expression } from "../expression/expression.ts";
import type { WordTable } from "./words.ts";

/** Whether an HTTP status is one of the words of a declaration, so that an answer with it is no error. */
export type ClaimsStatus = (httpStatus: number) => boolean;

// Of who asks, of another place, and of how the service is: no task has these.
const NEVER_WORDS = /^(?:401|403|407|408|425|429|[135]\d\d)$/;

/**
 * Tells the HTTP statuses that a declaration reads as words, where its `task.status` names `httpStatus`.
 *
 * @returns Undefined where it does not.
 * @throws {@link InvalidOptionError} for a status that no answer about a task has.
 */
export function claimedStatuses(
  { text }: Expression,
  words: WordTable,
  path: string,
): ClaimsStatus | undefined {
  if (!/\bhttpStatus\b/.test(text)) {
    return undefined;
  }
  const wrong = [...words.keys()].find((word) => NEVER_WORDS.test(word));
  if (wrong !== undefined) {
    throw new InvalidOptionError(
      `${path} has ${wrong}, but where task.status reads httpStatus, words may be 2xx, and 4xx other than 401, 403, 407, 408, 425 and 429`,
    );
  }
  return (httpStatus) => words.has(String(httpStatus));
}

/**
 * The expression of an object's word, with `httpStatus` beside the object's own fields where it reads that. Of several
 * objects in one answer, its status says nothing.
 */
export function statusIn(
  { status, claimsStatus }: { readonly status: Expression; readonly claimsStatus: ClaimsStatus | undefined },
  httpStatus: number,
  isList: boolean,
): Expression {
  return claimsStatus === undefined || isList
    ? status
    : { ...status, evaluate: (value) => status.evaluate({ ...(value as object), httpStatus }) };
}
