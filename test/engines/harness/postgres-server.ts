import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { findProgram } from "./engine.ts";
import { eventually, freePort, type Started, sleep, start } from "./processes.ts";

/** Where PostgreSQL's programs are. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = (() => {
    try {
      return readdirSync(debian);
    } catch {
      return [];
    }
  })();
  return findProgram(
    "initdb",
    versions.map((version) => `${debian}/${version}/bin`),
  )?.replace(/\/initdb$/, "");
}

/** A PostgreSQL of a test, on the loopback, with its data in a folder of its own. */
export class PostgresServer {
  readonly connectionString: string;
  readonly #folder: string;
  readonly #user: { readonly uid: number; readonly gid: number } | undefined;
  readonly #args: readonly [string, readonly string[]];
  #process: Started;

  private constructor(programs: string, folder: string, port: number, user: PostgresServer["user"]) {
    this.connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
    this.#folder = folder;
    this.#user = user;
    this.#args = [
      `${programs}/postgres`,
      ["-D", join(folder, "data"), "-p", String(port), "-h", "127.0.0.1", "-k", folder],
    ];
    this.#process = this.#spawn();
  }

  /** PostgreSQL refuses to run as root. */
  get user(): { readonly uid: number; readonly gid: number } | undefined {
    return this.#user;
  }

  static async start(programs: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "taskwait-postgres-"));
    const user = userFor(folder);
    execFileSync(`${programs}/initdb`, ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "-N"], {
      stdio: "pipe",
      cwd: folder,
      ...user,
    });
    const server = new PostgresServer(programs, folder, await freePort(), user);
    await server.#untilReady();
    return server;
  }

  /** Stops without a word to anybody, then starts on the same data and port. */
  async crash(): Promise<void> {
    // Its children end by themselves once they see that their parent has ended.
    await this.#process.kill();
    await sleep(500);
    await eventually("PostgreSQL's restart", async () => {
      rmSync(join(this.#folder, "data", "postmaster.pid"), { force: true });
      this.#process = this.#spawn();
      await sleep(700);
      if (this.#process.child.exitCode !== null) {
        throw new Error(this.#process.output());
      }
    });
    await this.#untilReady();
  }

  /** Makes a database of its own for one test, and tells how to connect to it. */
  async newDatabase(name: string): Promise<string> {
    await this.query(`create database ${name}`);
    return this.connectionString.replace(/\/postgres$/, `/${name}`);
  }

  /** The rows of one statement. */
  async query(sql: string, connectionString = this.connectionString): Promise<readonly object[]> {
    const { Client } = await import("pg").then((module) => module.default);
    const client = new Client({ connectionString });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    this.#process.child.kill("SIGQUIT");
    await sleep(500);
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): Started {
    const [file, args] = this.#args;
    return start(file, args, {}, { cwd: this.#folder, folder: this.#folder, ...this.#user });
  }

  async #untilReady(): Promise<void> {
    await eventually("PostgreSQL's start", () => this.query("select 1"));
  }
}

function userFor(folder: string): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const user = idsOf("postgres") ?? idsOf("nobody");
  if (user === undefined) {
    throw new Error("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody");
  }
  chownSync(folder, user.uid, user.gid);
  return user;
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } | undefined {
  try {
    const idOf = (flag: string) =>
      Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    return undefined;
  }
}
