import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, freePort, type Started, start } from "./processes.ts";

// A second where nothing else runs; after a crash in the middle of much to do, on a busy machine, some more.
const START_MS = 60_000;

/** A Restate of a test: real, single, on the loopback, with its data in a folder of its own. */
export class RestateServer {
  readonly ingress: string;
  readonly admin: string;
  readonly #binary: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;
  #process: Started;

  private constructor(
    binary: string,
    folder: string,
    ports: readonly [number, number, number],
    extra: Readonly<Record<string, string>>,
  ) {
    const [node, ingress, admin] = ports;
    this.ingress = `http://127.0.0.1:${ingress}`;
    this.admin = `http://127.0.0.1:${admin}`;
    this.#binary = binary;
    this.#folder = folder;
    this.#env = {
      RESTATE_DISABLE_TELEMETRY: "true",
      DO_NOT_TRACK: "1",
      RESTATE_BASE_DIR: folder,
      // By default the host's name: under another one it would begin with nothing, and be content.
      RESTATE_NODE_NAME: "test-node",
      RESTATE_CLUSTER_NAME: "test",
      RESTATE_LISTEN_MODE: "tcp",
      RESTATE_BIND_IP: "127.0.0.1",
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}/`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_ADMIN__DISABLE_WEB_UI: "true",
      RESTATE_DEFAULT_NUM_PARTITIONS: "1",
      RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "128 MiB",
      RESTATE_WORKER__INVOKER__MEMORY_LIMIT: "256 MiB",
      RESTATE_BIFROST__RECORD_CACHE_MEMORY_SIZE: "16 MiB",
      RESTATE_ADMIN__QUERY_ENGINE__MEMORY_SIZE: "128 MiB",
      RESTATE_LOG_FILTER: "warn",
      RESTATE_SHUTDOWN_TIMEOUT: "5s",
      ...extra,
    };
    this.#process = this.#spawn();
  }

  static async start(binary: string, env: Readonly<Record<string, string>> = {}): Promise<RestateServer> {
    const folder = mkdtempSync(join(tmpdir(), "taskwait-restate-"));
    const ports = [await freePort(), await freePort(), await freePort()] as const;
    const server = new RestateServer(binary, folder, ports, env);
    await server.untilReady();
    return server;
  }

  /** Makes the services of an endpoint known. */
  async register(uri: string): Promise<void> {
    await eventually(`registration of ${uri}`, async () => {
      const response = await fetch(`${this.admin}/deployments`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ uri, force: true }),
      });
      if (!response.ok) {
        throw new Error(`${response.status}: ${await response.text()}`);
      }
    });
  }

  /** Rows of the server's own tables. */
  async query<T>(sql: string): Promise<readonly T[]> {
    const response = await fetch(`${this.admin}/query`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: sql }),
    });
    if (!response.ok) {
      throw new Error(`${response.status}: ${await response.text()}`);
    }
    return ((await response.json()) as { rows: readonly T[] }).rows;
  }

  async untilReady(): Promise<void> {
    const ready = async () => {
      for (const url of [`${this.admin}/health`, `${this.ingress}/restate/health`]) {
        const response = await fetch(url);
        if (!response.ok) {
          throw new Error(`${url}: ${response.status}`);
        }
      }
      await this.query("select count(1) as n from sys_invocation");
    };
    await eventually(`Restate's start (${this.#process.output()})`, ready, START_MS);
  }

  /** kill -9, then a start on the same data and ports. */
  async crash(): Promise<void> {
    await this.#process.kill();
    this.#process = this.#spawn();
    await this.untilReady();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): Started {
    return start(this.#binary, ["--no-logo"], this.#env, { folder: this.#folder });
  }
}
