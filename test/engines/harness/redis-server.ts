import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, freePort, type Started, start } from "./processes.ts";

/** A Redis of a test, on the loopback, with its data in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly #binary: string;
  readonly #folder: string;
  #process: Started;

  private constructor(binary: string, folder: string, port: number) {
    this.#binary = binary;
    this.#folder = folder;
    this.port = port;
    this.#process = this.#spawn();
  }

  static async start(binary: string): Promise<RedisServer> {
    const server = new RedisServer(binary, mkdtempSync(join(tmpdir(), "taskwait-redis-")), await freePort());
    await server.#untilReady();
    return server;
  }

  /** kill -9, then a start on the same data and port. */
  async crash(): Promise<void> {
    await this.#process.kill();
    this.#process = this.#spawn();
    await this.#untilReady();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): Started {
    const args = [
      ...["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""],
      // A job that is lost is a wait that is lost.
      ...["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
    ];
    return start(this.#binary, args, {}, { folder: this.#folder });
  }

  #untilReady(): Promise<void> {
    return eventually("Redis's start", () => {
      const socket = createConnection(this.port, "127.0.0.1");
      return new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.once("data", (data) => {
          socket.destroy();
          data.toString().startsWith("+PONG") ? resolve() : reject(new Error(data.toString()));
        });
        socket.write("PING\r\n");
      });
    });
  }
}
