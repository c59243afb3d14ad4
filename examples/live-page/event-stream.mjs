import { randomUUID } from "node:crypto";

const MAX_KEPT = 5000;
const MAX_CLIENTS = 5000;
// What a reader may leave unread, besides what it was sent at the start, before it is dropped. It comes back, and goes on
// after the last event that it got.
const MAX_UNREAD_BYTES = 1024 * 1024;
const RETRY_MS = 1000;

/**
 * Server-sent events for any number of readers. Each event is made once for all readers, and kept for a while: a reader
 * that comes back with `Last-Event-ID` gets those that it missed, or a snapshot if they are no longer kept.
 */
export class EventStream {
  /** Ids of another process are not ours. */
  #run = randomUUID();
  #lastNumber = 0;
  /** The newest events, as they go over the wire. */
  #kept = [];
  /** By response: how much it may leave unread. */
  #clients = new Map();
  #snapshot;
  #heartbeat;

  /** @param {{ snapshot: () => unknown, heartbeatMs: number }} options `snapshot`: all that a new reader has to know. */
  constructor({ snapshot, heartbeatMs }) {
    this.#snapshot = snapshot;
    // Proxies close connections on which nothing is said, and a write finds out who has left.
    this.#heartbeat = setInterval(() => this.#writeAll(": still here\n\n"), heartbeatMs);
  }

  publish(event, data) {
    this.#lastNumber += 1;
    const wire = this.#wire(event, data);
    this.#kept.push(wire);
    if (this.#kept.length > 2 * MAX_KEPT) {
      this.#kept = this.#kept.slice(-MAX_KEPT);
    }
    this.#writeAll(wire);
  }

  /** Answers a request with the stream. */
  subscribe(request, response) {
    if (this.#clients.size >= MAX_CLIENTS) {
      response.writeHead(503, { "retry-after": "5" }).end();
      return;
    }
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // For nginx, which would hold events back.
      "x-accel-buffering": "no",
    });
    const missed = this.#missedSince(request.headers["last-event-id"]);
    response.write(`retry: ${RETRY_MS}\n\n${missed ?? this.#wire("snapshot", this.#snapshot())}`);
    this.#clients.set(response, response.writableLength + MAX_UNREAD_BYTES);
    response.on("close", () => this.#clients.delete(response));
    response.on("error", () => this.#clients.delete(response));
  }

  /** Ends all streams. */
  close() {
    clearInterval(this.#heartbeat);
    for (const response of this.#clients.keys()) {
      response.end();
    }
  }

  /** The events after that id, or undefined when that can't be told any more. */
  #missedSince(id = "") {
    const [, run, number] = /^(.+):(\d+)$/.exec(id) ?? [];
    const missed = this.#lastNumber - Number(number);
    const isKnown = run === this.#run && missed >= 0 && missed <= this.#kept.length;
    return isKnown ? this.#kept.slice(this.#kept.length - missed).join("") : undefined;
  }

  // JSON has no line breaks, so the data is one line.
  #wire(event, data) {
    return `id: ${this.#run}:${this.#lastNumber}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #writeAll(wire) {
    for (const [response, maxUnreadBytes] of this.#clients) {
      if (response.writableLength > maxUnreadBytes) {
        response.destroy();
      } else {
        response.write(wire);
      }
    }
  }
}
