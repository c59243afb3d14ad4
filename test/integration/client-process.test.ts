import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { json, KEYS, startPeer, TASK } from "./client-peer.ts";

const LIBRARY = new URL("../../dist/index.js", import.meta.url).href;
const cleanups: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup();
  }
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the line `done` on stdout to the exit. */
  readonly lingeredMs: number;
}

/** Runs a script that has a `BdrcClient` called `client`, and says `done` when it has nothing more to do. */
async function runScript(options: object, body: string): Promise<Ended> {
  const script = `
    import { BdrcClient } from ${JSON.stringify(LIBRARY)};
    const client = new BdrcClient(${JSON.stringify({ ...KEYS, ...options })});
    ${body}
    console.log("done");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { PATH: process.env["PATH"] },
    timeout: 30_000,
  });
  let doneAt = Number.NaN;
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (stdout.includes("done")) {
      doneAt = performance.now();
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr, lingeredMs: performance.now() - doneAt };
}

function expectPromptExit(ended: Ended): void {
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  // Idle it is a few ms, on a busy machine up to a second, in which Node compiles undici's parser to the end. What
  // must not be waited for (the kept connection, hung ones) takes 10 s and more.
  expect(ended.lingeredMs).toBeLessThan(4000);
}

const ABORTED_CALL = `
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 300);
  await client.describe("t-1", { signal: controller.signal }).then(
    () => console.log("answered"),
    (error) => console.log(error.message),
  );
`;

describe("a process that has used a client", () => {
  it("exits by itself at once after the answer, though the connection is kept", async () => {
    const peer = await startPeer((response) =>
      json(response, { Data: TASK }, 200, { "keep-alive": "timeout=60" }),
    );
    cleanups.push(() => peer.stop());
    const ended = await runScript(
      { endpoint: peer.origin },
      `console.log((await client.describe("t-1")).taskStatus);`,
    );
    expect(ended.stdout).toBe("RUNNING\ndone\n");
    expectPromptExit(ended);
  });

  it("exits by itself at once after an abort, while the service hangs", async () => {
    const peer = await startPeer(() => undefined);
    cleanups.push(() => peer.stop());
    const ended = await runScript({ endpoint: peer.origin }, ABORTED_CALL);
    expect(ended.stdout).toBe("enough\ndone\n");
    expectPromptExit(ended);
  });

  it("exits by itself at once after an abort, while the TLS handshake hangs", async () => {
    const port = await startSilent();
    const ended = await runScript({ endpoint: `https://127.0.0.1:${port}` }, ABORTED_CALL);
    expect(ended.stdout).toBe("enough\ndone\n");
    expectPromptExit(ended);
  });

  it("exits by itself at once after an abort, while the connection is not even made", async () => {
    const port = await startFull();
    const ended = await runScript({ endpoint: `http://127.0.0.1:${port}` }, ABORTED_CALL);
    expect(ended.stdout).toBe("enough\ndone\n");
    expectPromptExit(ended);
  });

  it("exits by itself at once after a call that took too long to connect", async () => {
    const port = await startFull();
    const ended = await runScript(
      { endpoint: `http://127.0.0.1:${port}`, callTimeoutMs: 300 },
      `await client.describe("t-1").catch((error) => console.log(error.code));`,
    );
    expect(ended.stdout).toBe("UNREACHABLE\ndone\n");
    expectPromptExit(ended);
  });

  it("exits by itself at once after an abort, while the proxy hangs", async () => {
    const port = await startSilent();
    const ended = await runScript(
      { endpoint: "https://bdrc.cn-shanghai.invalid", proxy: `http://127.0.0.1:${port}` },
      ABORTED_CALL,
    );
    expect(ended.stdout).toBe("enough\ndone\n");
    expectPromptExit(ended);
  });
});

/** Accepts connections and says nothing. */
async function startSilent(): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  });
  return (server.address() as { port: number }).port;
}

/** Listens in a process that has stopped accepting, and fills its queue: further connections stay unanswered. */
async function startFull(): Promise<number> {
  const listener: ChildProcess = spawn(
    process.execPath,
    [
      "--eval",
      `const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
         require("node:fs").writeSync(1, String(server.address().port) + "\\n");
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30000);
         process.exit();
       });`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(listener.stdout ?? expect.fail(), "data")) as [Buffer];
  const port = Number(line.toString());
  const fillers = Array.from({ length: 6 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  cleanups.push(() => {
    listener.kill("SIGKILL");
    for (const filler of fillers) {
      filler.destroy();
    }
  });
  await once(fillers[0] ?? expect.fail(), "connect");
  return port;
}
