import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { aboutTask, type Operation } from "../../bdrc/operations.ts";
import { ProtocolError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";
import type { SignedRequest } from "../request/signed-request.ts";

/** The service's answer, read to its end. */
export interface RawAnswer {
  readonly httpStatus: number;
  /** Under lower-case names; of a header sent several times, the first. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const DECODERS = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Sends one request and reads the answer, of which it takes no more than the operation's `maxBytes`.
 *
 * @throws {@link ProtocolError} for redirects and for bodies that are too large or wrongly encoded; what undici
 * throws when the network fails.
 */
export async function exchange(
  dispatcher: Dispatcher,
  origin: string,
  operation: Operation,
  request: SignedRequest,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const response = await dispatcher.request({
    origin,
    path: request.target,
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal,
  });
  const httpStatus = response.statusCode;
  const headers = firstOfEach(response.headers);
  try {
    if (httpStatus >= 300 && httpStatus < 400) {
      throw new ProtocolError(
        `${operation.subject} was answered with HTTP ${httpStatus}: redirects are not followed`,
        aboutTask(operation),
      );
    }
    const body = await readBody(response.body, operation);
    const decoded = await decode(body, headers.get("content-encoding"), operation);
    return { httpStatus, headers, text: new TextDecoder().decode(decoded) };
  } finally {
    // Does nothing to a body that was read to its end, and closes the connection of any other.
    response.body.on("error", () => undefined).destroy();
  }
}

async function readBody(body: AsyncIterable<Buffer>, operation: Operation): Promise<Buffer> {
  const chunks: Buffer[] = [];
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

async function decode(body: Buffer, encoding: string | undefined, operation: Operation): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "" || body.length === 0) {
    return body;
  }
  if (!Object.hasOwn(DECODERS, name)) {
    throw new ProtocolError(
      `${operation.subject} was answered in an encoding that was not asked for: ${quoted(name)}`,
      aboutTask(operation),
    );
  }
  try {
    return await DECODERS[name as keyof typeof DECODERS](body, { maxOutputLength: operation.maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(operation);
    }
    throw new ProtocolError(
      `${operation.subject} was answered with a body that is not ${quoted(name)}`,
      aboutTask(operation),
    );
  }
}

function tooLarge(operation: Operation): ProtocolError {
  const limit = `${operation.maxBytes / 1024 / 1024} MiB`;
  return new ProtocolError(`${operation.subject} was answered with more than ${limit}`, aboutTask(operation));
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
