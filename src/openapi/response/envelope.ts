import { aboutTask, type Operation } from "../../bdrc/operations.ts";
import { ProtocolError } from "../../task/errors.ts";
import { printable, quoted } from "../../task/printable.ts";
import type { RawAnswer } from "../http/exchange.ts";
import type { Scrub } from "./scrub.ts";

/** The JSON object of an answer. */
export type Envelope = Readonly<Record<string, unknown>>;

const EXCERPT_LENGTH = 80;
// More than enough for an excerpt whose secrets are taken out before it is cut.
const EXCERPT_SOURCE_LENGTH = 8192;

/** The answer's JSON if it is an object, which all of the API's are. */
export function parseEnvelope(answer: RawAnswer): Envelope | undefined {
  try {
    const json: unknown = JSON.parse(answer.text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Says what came instead of the API's JSON, with a glimpse of it. */
export function notAnEnvelope(answer: RawAnswer, operation: Operation, scrub: Scrub): ProtocolError {
  const type = answer.headers.get("content-type");
  const excerpt = printable(scrub(answer.text.slice(0, EXCERPT_SOURCE_LENGTH)), EXCERPT_LENGTH);
  const glimpse = excerpt === "" ? "an empty body" : `"${excerpt}"`;
  return protocolError(
    `expected the API's JSON, got ${glimpse} (HTTP ${answer.httpStatus}, ${
      type === undefined ? "no content type" : `content type ${quoted(scrub(type))}`
    })`,
    operation,
  );
}

/**
 * The envelope's `Data`.
 *
 * @returns An object, or null when the service says that there is none.
 * @throws {@link ProtocolError} when it is missing or anything else.
 */
export function dataOf(envelope: Envelope, operation: Operation): Envelope | null {
  const data = envelope["Data"];
  if (data === null || isObject(data)) {
    return data;
  }
  throw protocolError(
    data === undefined ? "Data is missing" : `Data must be an object, got ${show(data)}`,
    operation,
  );
}

/** A {@link ProtocolError} that names the call. */
export function protocolError(what: string, operation: Operation): ProtocolError {
  return new ProtocolError(
    `${operation.subject} was not answered as documented: ${what}`,
    aboutTask(operation),
  );
}

/** A value from the service, for a message: its beginning, whatever it is. */
export function show(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return quoted(value);
  }
  // Not its content: it may be large, and nested deeper than JSON.stringify goes.
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}

/** Whether the value is an object in the sense of JSON. */
export function isObject(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
