import type { ProtocolError } from "../../task/errors.ts";
import { printable, quoted } from "../../task/printable.ts";
import type { CallSubject } from "../request/operation.ts";
import { parseExactJson } from "./exact-json.ts";
import { protocolError } from "./protocol-error.ts";
import type { RawAnswer } from "./raw-answer.ts";
import type { Scrub } from "./scrub.ts";

/** The JSON object of an answer. */
export type Envelope = Readonly<Record<string, unknown>>;

const EXCERPT_LENGTH = 80;
// More than enough for an excerpt whose secrets are taken out before it is cut.
const EXCERPT_SOURCE_LENGTH = 8192;

/** The answer's JSON if it is an object, which all of the API's are. */
export function parseEnvelope(answer: RawAnswer): Envelope | undefined {
  try {
    const json: unknown = parseExactJson(answer.text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Takes secrets out of all strings of an answer's JSON, in place. Without recursion: it may be nested deeper than the stack. */
export function scrubEnvelope(envelope: Envelope, scrub: Scrub): void {
  const open: object[] = [envelope];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const [name, value] of Object.entries(one)) {
      if (scrub(name) !== name) {
        Reflect.deleteProperty(one, name);
      } else if (typeof value === "string") {
        Reflect.set(one, name, scrub(value));
      } else if (typeof value === "object" && value !== null) {
        open.push(value);
      }
    }
  }
}

/** What a body that is not the API's JSON begins with. */
export function glimpseOf({ text }: RawAnswer, scrub: Scrub): string {
  const excerpt = printable(scrub(text.slice(0, EXCERPT_SOURCE_LENGTH)), EXCERPT_LENGTH);
  return excerpt === "" ? "an empty body" : `"${excerpt}"`;
}

/** Says what came instead of the API's JSON, with a glimpse of it. */
export function notAnEnvelope(answer: RawAnswer, operation: CallSubject, scrub: Scrub): ProtocolError {
  const type = answer.headers.get("content-type");
  const glimpse = glimpseOf(answer, scrub);
  return protocolError(
    `expected the API's JSON, got ${glimpse} (HTTP ${answer.httpStatus}, ${
      type === undefined ? "no content type" : `content type ${quoted(scrub(type))}`
    })`,
    operation,
  );
}

/** Whether the value is an object in the sense of JSON. */
export function isObject(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
