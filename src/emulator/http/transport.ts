import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { ShapingFault } from "../faults/fault.ts";
import type { Answer } from "../protocol/answer.ts";

const HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, "a");

/** Sends an answer in the way that the fault wants it. */
export function send(response: ServerResponse, answer: Answer, fault: ShapingFault | undefined): void {
  const body = Buffer.from(answer.body, "utf8");
  switch (fault?.kind) {
    case "hang":
      if (fault.at === "body") {
        head(response, answer, body.length);
        response.write(body.subarray(0, body.length >> 1));
      }
      return;
    case "dribble":
      head(response, answer, body.length);
      dribble(response, body, fault.bytes ?? 1, fault.everyMs ?? 100);
      return;
    case "reset":
      resetInMiddle(response, answer, body, fault.at);
      return;
    case "truncate": {
      const half = body.subarray(0, body.length >> 1);
      head(response, answer, half.length).end(half);
      return;
    }
    case "contentType":
      head(response, answer, body.length, { "content-type": fault.value ?? "application/octet-stream" }).end(
        body,
      );
      return;
    case "raw":
      response.socket?.end(fault.bytes);
      return;
    case "gzip": {
      const packed = gzipSync(body);
      head(response, answer, packed.length, { "content-encoding": "gzip" }).end(packed);
      return;
    }
    case "chunked":
      response.writeHead(answer.httpStatus, answer.headers);
      for (let at = 0; at < body.length; at += 16) {
        response.write(body.subarray(at, at + 16));
      }
      response.end();
      return;
    case "huge":
      sendHuge(response, answer, fault.bytes ?? HUGE_BYTES);
      return;
    case "close":
      sendAndThen(response, answer, body, (socket) => socket.destroy());
      return;
    case "duplicate":
      sendAndThen(response, answer, body, (socket) => socket.write(rawAnswer(answer, body)));
      return;
    default:
      head(response, answer, body.length).end(body);
  }
}

function head(
  response: ServerResponse,
  answer: Answer,
  length: number,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return response.writeHead(answer.httpStatus, { ...answer.headers, "content-length": length, ...headers });
}

function resetInMiddle(response: ServerResponse, answer: Answer, body: Buffer, at: "request" | "body"): void {
  const { socket } = response;
  if (at === "request") {
    socket?.resetAndDestroy();
    return;
  }
  head(response, answer, body.length).write(body.subarray(0, body.length >> 1), () => {
    // A reset at once would overtake what was just written.
    setImmediate(() => socket?.resetAndDestroy());
  });
}

function dribble(response: ServerResponse, body: Buffer, bytes: number, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + bytes));
    at += bytes;
    if (at >= body.length) {
      clearInterval(timer);
      response.end();
    }
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

function sendHuge(response: ServerResponse, answer: Answer, bytes: number): void {
  const opening = Buffer.from('{"RequestId":"huge","Data":{"TaskId":"', "utf8");
  const closing = Buffer.from('"}}', "utf8");
  function* chunks(): Generator<Buffer> {
    yield opening;
    let left = Math.max(0, bytes - opening.length - closing.length);
    while (left > 0) {
      const chunk = CHUNK.subarray(0, left);
      left -= chunk.length;
      yield chunk;
    }
    yield closing;
  }
  response.writeHead(answer.httpStatus, answer.headers);
  // That the client hangs up in the middle is what this is for.
  pipeline(Readable.from(chunks()), response, () => {});
}

function sendAndThen(
  response: ServerResponse,
  answer: Answer,
  body: Buffer,
  then: (socket: Socket) => void,
): void {
  const { socket } = response;
  response.once("finish", () => {
    if (socket !== null && !socket.destroyed) {
      then(socket);
    }
  });
  head(response, answer, body.length).end(body);
}

function rawAnswer(answer: Answer, body: Buffer): Buffer {
  const lines = Object.entries({ ...answer.headers, "content-length": String(body.length) });
  const top = `HTTP/1.1 ${answer.httpStatus} Again\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(top, "latin1"), body]);
}
