import { randomUUID } from "node:crypto";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import type { Emulator } from "../../src/emulator/index.ts";
import { authorization, sha256Hex } from "../../src/openapi/request/signature.ts";

/** What came back, as far as it came. */
export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The code of the error that ended it early. */
  readonly brokenBy?: string;
}

/** Headers of a signed poll of a task. */
export function signedHeaders(
  emulator: Emulator,
  action = "DescribeTask",
  path = "/api/v1/tasks/t-1",
): Record<string, string> {
  const { accessKeyId, accessKeySecret } = emulator.clientOptions;
  const headers: Record<string, string> = {
    host: new URL(emulator.endpoint).host,
    "x-acs-action": action,
    "x-acs-version": "2023-08-08",
    "x-acs-date": new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-content-sha256": sha256Hex(""),
  };
  headers["authorization"] = authorization(
    { method: "GET", path, query: [], headers, payloadSha256: sha256Hex("") },
    accessKeyId,
    accessKeySecret,
  );
  return headers;
}

/** Polls `t-1`; gives up after `timeoutMs` and tells what came until then. */
export async function poll(emulator: Emulator, agent?: Agent, timeoutMs = 5000): Promise<Seen> {
  const { hostname, port } = new URL(emulator.endpoint);
  return new Promise((resolve) => {
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const done = (brokenBy?: string) => {
      clearTimeout(timer);
      resolve({
        status,
        headers,
        body: Buffer.concat(chunks),
        ...(brokenBy === undefined ? {} : { brokenBy }),
      });
    };
    const sent = request(
      {
        hostname,
        port,
        path: "/api/v1/tasks/t-1",
        headers: signedHeaders(emulator),
        agent: agent ?? new Agent(),
      },
      (message) => {
        status = message.statusCode ?? 0;
        headers = message.headers;
        message.on("data", (chunk: Buffer) => chunks.push(chunk));
        message.on("end", () => done());
        message.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
      },
    );
    const timer = setTimeout(() => {
      done("timeout");
      sent.destroy();
    }, timeoutMs);
    sent.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    sent.end();
  });
}

// A pause within an answer is shorter than this.
const QUIET_MS = 300;

/**
 * Writes bytes to the emulator and returns all that came until it or we closed.
 *
 * @param firstMs - How long the first byte may take; short where none may come.
 */
export async function exchangeRaw(
  emulator: Emulator,
  bytes: Uint8Array | string,
  firstMs = 20_000,
): Promise<Buffer> {
  const { hostname, port } = new URL(emulator.endpoint);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const end = () => socket.destroy();
    let timer = setTimeout(end, firstMs);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(end, Math.min(firstMs, QUIET_MS));
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
  });
}
