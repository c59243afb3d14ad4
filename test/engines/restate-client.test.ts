import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isUnreachableError } from "taskwait";
import { restateClient } from "taskwait/restate";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sleep } from "./harness/processes.ts";

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

const task = { taskId: "t-1", taskStatus: "COMPLETE" };
const closers: (() => void)[] = [];

/** An ingress that answers as a test says. */
async function ingress(answer: Answerer): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

describe("a client from outside of Restate", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    for (const close of closers.splice(0)) {
      close();
    }
  });

  it("sends a wait once, under one key, however often the way to it breaks", async () => {
    const keys: unknown[] = [];
    let sends = 0;
    let attaches = 0;
    const { url, requests } = await ingress((request, response) => {
      if (request.url === "/Taskwait/wait/send") {
        keys.push(request.headers["idempotency-key"]);
        ++sends < 3 ? request.socket.destroy() : json(response, 202, { invocationId: "inv/1" });
      } else {
        ++attaches < 3 ? json(response, 503, { message: "no node" }) : json(response, 200, task);
      }
    });
    expect(await restateClient({ ingress: `${url}/` }).wait("t-1")).toEqual(task);
    expect(new Set(keys).size).toBe(1);
    expect(requests.at(-1)).toBe("GET /restate/invocation/inv%2F1/attach");
  });

  it("tells why a wait was refused, and asks no more", async () => {
    const { url, requests } = await ingress((_, response) =>
      json(response, 404, { message: "service 'Taskwait' not found\u001b[2J" }),
    );
    const error: unknown = await restateClient({ ingress: url })
      .wait("t-1")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "PROTOCOL" });
    expect(String(error)).toMatch(/refused with status 404: "service 'Taskwait' not found/);
    expect(String(error)).not.toContain("\u001b");
    expect(requests).toHaveLength(1);
  });

  it("makes no request after an abort, also while none came through", async () => {
    const { url, requests } = await ingress((_, response) => json(response, 503, {}));
    const controller = new AbortController();
    const wait = restateClient({ ingress: url }).wait("t-1", { signal: controller.signal });
    await sleep(100);
    controller.abort("enough");
    await expect(wait).rejects.toBe("enough");
    const before = requests.length;
    await sleep(1200);
    expect(requests).toHaveLength(before);
  });

  it("cancels what it sent when it is aborted in the middle of sending", async () => {
    const controller = new AbortController();
    const { url, requests } = await ingress((request, response) => {
      if (request.url?.endsWith("/send")) {
        controller.abort("enough");
        setTimeout(() => json(response, 202, { invocationId: "inv_1" }), 300);
      } else if (request.method === "PATCH") {
        json(response, 202, {});
      }
    });
    const wait = restateClient({ ingress: url, admin: url }).wait("t-1", { signal: controller.signal });
    await expect(wait).rejects.toBe("enough");
    expect(requests).toContain("PATCH /invocations/inv_1/cancel");
  });

  it.each([
    ["refuses every connection", () => Promise.reject(new TypeError("fetch failed")), 1000],
    // Nor does it obey the signal. It takes a call and a check of the server's health to notice.
    ["swallows everything", () => new Promise(() => {}), 71_000],
  ])("gives up after ten minutes of a network that %s", async (_, fetch, noticedMs) => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", fetch);
    const ended = restateClient({ ingress: "http://127.0.0.1:9" })
      .wait("t-1")
      .catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(await Promise.race([ended, "waiting"])).toBe("waiting");
    await vi.advanceTimersByTimeAsync(60_000 + noticedMs);
    expect(isUnreachableError(await ended)).toBe(true);
  });

  it("waits for as long as Restate is there, though the wait itself has nothing to tell", async () => {
    vi.useFakeTimers();
    let isOver = false;
    vi.stubGlobal("fetch", async (url: string) => {
      if (url.endsWith("/attach") && !isOver) {
        await new Promise(() => {});
      }
      return Response.json(url.endsWith("/send") ? { invocationId: "inv_1" } : task);
    });
    const ended = restateClient({ ingress: "http://127.0.0.1:9" }).wait("t-1");
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    isOver = true;
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await ended).toEqual(task);
  });

  it.each([
    [{ ingress: "127.0.0.1:8080" }, /ingress must be a URL with http or https/],
    [{ ingress: "http://h", admin: "ftp://h" }, /admin must be a URL/],
    [{ ingres: "http://h" }, /unknown option "ingres"/],
    [undefined, /options must be an object/],
  ])("is not made of %j", (options, message) => {
    expect(() => restateClient(options as never)).toThrow(message);
  });
});
