import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";
import process from "node:process";

const running = new Set<ChildProcess>();

// Whatever becomes of the tests, what they started goes with them.
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});

/**
 * Ends a process, and removes its folder, should this process be killed: a shell waits for the end of its input, which
 * comes when nobody is left to hold it.
 */
function guard(child: ChildProcess, folder: string | undefined): ChildProcess {
  const script = `read -r _; kill -9 ${child.pid}; sleep 1; [ -z "$1" ] || rm -rf "$1"`;
  const guardian = spawn("sh", ["-c", script, "guard", folder ?? ""], {
    // Of a group of its own: an interrupt from the keyboard is for the tests.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.on("error", () => {});
  guardian.unref();
  (guardian.stdin as Socket).unref();
  return guardian;
}

/** A process of a test. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has written so far, both streams. */
  output(): string;
  /** kill -9, and wait until it has ended. */
  kill(): Promise<void>;
}

/** Starts a program that ends with the tests at the latest. */
export function start(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: {
    readonly cwd?: string;
    readonly uid?: number;
    readonly gid?: number;
    readonly ipc?: boolean;
    /** Removed when the tests are killed before they could. */
    readonly folder?: string;
  } = {},
): Started {
  const { ipc = false, folder, ...rest } = options;
  const child = spawn(file, args, {
    ...rest,
    env: { ...process.env, ...env },
    stdio: ipc ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const guardian = child.pid === undefined ? undefined : guard(child, folder);
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("error", (error) => {
    output += String(error);
  });
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running.delete(child);
      guardian?.kill("SIGKILL");
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
  });
  return {
    child,
    output: () => output,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port of the loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Tries until it goes well. */
export async function eventually<T>(what: string, attempt: () => Promise<T>, limitMs = 20_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endMs) {
        throw new Error(`${what}: not within ${limitMs} ms`, { cause: error });
      }
      await sleep(50);
    }
  }
}

/** Real time. */
export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
