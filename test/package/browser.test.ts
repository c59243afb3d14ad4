import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { describe, expect, it, onTestFinished } from "vitest";
import { root, temporaryFolder } from "./npm.ts";

const profile = temporaryFolder();

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const browser = BROWSERS.find((name) => spawnSync(name, ["--version"]).status === 0);

interface Bundle {
  readonly code: string;
  readonly imports: readonly string[];
}

/** An app as its author's bundler makes it, from what the package ships. */
async function bundle(file: string): Promise<Bundle> {
  const build = await rolldown({
    // What it could not find is in the result, for the tests to judge.
    onLog: () => undefined,
    input: join(import.meta.dirname, file),
    platform: "browser",
    resolve: { alias: { taskwait: join(root, "dist/index.js") } },
    // An optional peer, which is asked for only where an app has registered it.
    external: ["@opentelemetry/api"],
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const chunks = output.filter((part) => part.type === "chunk");
  return {
    code: chunks.map((chunk) => chunk.code).join("\n"),
    imports: chunks.flatMap((chunk) => chunk.imports),
  };
}

const OF_NODE = /\bnode:|\bundici\b|\bBuffer\b|\brequire\(/;

const LIVES: Record<string, readonly object[]> = {
  completes: [
    { taskStatus: "CREATED" },
    { taskStatus: "RUNNING", progress: 5000 },
    { taskStatus: "COMPLETE", progress: 10000 },
  ],
  fails: [{ taskStatus: "RUNNING" }, { taskStatus: "FAILED", errorMessage: "disk full" }],
  endless: [{ taskStatus: "RUNNING" }],
};

/** The app's page and its service, which gives each poll the next state of a task, and never answers for "hangs". */
async function serve(code: string) {
  const polls = new Map<string, number>();
  const { promise, resolve } = deferred<unknown>();
  const describeTask = (taskId: string, answer: ServerResponse): void => {
    const life = LIVES[taskId];
    if (life !== undefined) {
      const poll = polls.get(taskId) ?? 0;
      polls.set(taskId, poll + 1);
      answer.setHeader("content-type", "application/json");
      answer.end(JSON.stringify({ taskId, ...(life[poll] ?? life.at(-1)) }));
    }
  };
  const server = createServer((request, answer) => {
    const path = request.url ?? "/";
    if (path === "/result") {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        answer.end();
        resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      });
    } else if (path === "/app.js") {
      answer.setHeader("content-type", "text/javascript").end(code);
    } else if (path.startsWith("/tasks/")) {
      describeTask(path.slice("/tasks/".length), answer);
    } else {
      answer.setHeader("content-type", "text/html").end('<script type="module" src="/app.js"></script>');
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, result: promise };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function open(program: string, url: string): ChildProcess {
  const flags = ["--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  // Its sandbox does not work for root, who runs the tests in a container.
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(program, [...flags, ...root, `--user-data-dir=${profile}`, url], { stdio: "ignore" });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  return child;
}

describe("the engine in a browser", () => {
  it("brings no Node module along: a bundler leaves out the rest of the package", async () => {
    const { code, imports } = await bundle("browser-app.ts");
    expect(imports).toEqual([]);
    expect(code).not.toMatch(OF_NODE);
  });

  it("which would be seen: the client is of Node", async () => {
    const { code } = await bundle("../../src/bdrc/client.ts");
    expect(code).toMatch(OF_NODE);
  });

  it.skipIf(browser === undefined && process.env["CI"] === undefined)(
    "waits, fails, aborts and times out in Chromium (skipped where there is none)",
    async () => {
      expect(browser, `one of ${BROWSERS.join(", ")} must be installed`).toBeDefined();
      const { code } = await bundle("browser-app.ts");
      const { url, result } = await serve(code);
      open(browser ?? "", url);
      expect(await result).toEqual({
        completes: {
          kind: "complete",
          events: ["CREATED", "RUNNING", "COMPLETE", "complete"],
          last: "COMPLETE",
        },
        fails: {
          name: "TaskFailedError",
          code: "TASK_FAILED",
          message: expect.stringContaining("disk full"),
        },
        abort: "enough",
        timeout: "timedOut",
      });
    },
    120_000,
  );
});
