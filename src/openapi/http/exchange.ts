import { ProtocolError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import { aboutTask, type CallSubject } from "../request/operation.ts";
import type { SignedRequest } from "../request/signed-request.ts";
import type { RawAnswer } from "../response/raw-answer.ts";
import type { Scrub } from "../response/scrub.ts";
import type { Send } from "./sender.ts";

const UTF8 = new TextDecoder();
const PERMANENT_MOVES: ReadonlySet<number> = new Set([301, 308]);

/**
 * Sends one request and reads the answer, of which it takes no more than the operation's `maxBytes`.
 *
 * @throws {@link ProtocolError} for redirects and for bodies that are too large or wrongly encoded; what undici
 * throws when the network fails.
 */
export async function exchange(
  send: Send,
  operation: CallSubject,
  request: SignedRequest,
  scrub: Scrub,
): Promise<RawAnswer> {
  const { target, method, body } = request;
  const response = await send({
    path: target,
    method,
    headers: { ...request.headers },
    ...(body === undefined ? {} : { body }),
  });
  const httpStatus = response.statusCode;
  const headers = firstOfEach(response.headers);
  if (httpStatus >= 300 && httpStatus < 400) {
    // A query may hold what lets its bearer in.
    const [place = ""] = scrub(headers.get("location") ?? "").split(/[?#]/, 1);
    const to = place === "" ? "" : ` to ${quoted(place)}`;
    throw new ProtocolError(
      `${operation.subject} was answered with HTTP ${httpStatus}${to}: redirects are not followed`,
      { ...aboutTask(operation), ...(PERMANENT_MOVES.has(httpStatus) ? { permanent: true } : {}) },
    );
  }
  refuseEncoding(headers.get("content-encoding"), operation, scrub);
  if (Number(headers.get("content-length")) > operation.maxBytes) {
    throw tooLarge(operation);
  }
  const bytes = await readBody(response.body, operation);
  return { httpStatus, headers, text: UTF8.decode(bytes) };
}

async function readBody(body: AsyncIterable<Uint8Array>, operation: CallSubject): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > operation.maxBytes) {
      throw tooLarge(operation);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

// Identity was asked for. Decoding would also need a bound of its own against bombs.
function refuseEncoding(encoding: string | undefined, operation: CallSubject, scrub: Scrub): void {
  const name = encoding?.trim() ?? "";
  if (name !== "" && name.toLowerCase() !== "identity") {
    throw new ProtocolError(
      `${operation.subject} was answered in an encoding that was not asked for: ${quoted(scrub(name))}`,
      aboutTask(operation),
    );
  }
}

function tooLarge(operation: CallSubject): ProtocolError {
  const limit = `${operation.maxBytes / 1024 / 1024} MiB`;
  // A further answer would be as long.
  return new ProtocolError(`${operation.subject} was answered with more than ${limit}`, {
    ...aboutTask(operation),
    permanent: true,
  });
}

function firstOfEach(headers: Readonly<Record<string, string | string[] | undefined>>): Map<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) {
      first.set(name, text);
    }
  }
  return first;
}
