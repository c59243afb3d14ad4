import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { call, officialClient } from "./emulator-official-client.ts";
import { startedEmulators } from "./started-emulators.ts";

const emulate = startedEmulators();

// When one of these fails, the core has learnt something: correct docs/decisions/own-client.md.
describe("what docs/decisions/own-client.md says of the official core is so: it", () => {
  it("does not end a call whose signal aborts", async () => {
    const emulator = await emulate({ faults: () => ({ kind: "hang", at: "headers" }) });
    const abort = new AbortController();
    const runtime = { readTimeout: 1000, signal: abort.signal, abortSignal: abort.signal };
    const called = call(officialClient(emulator), "DescribeTasks", { runtime }).then(
      () => "answered",
      (error: Error) => error.message,
    );
    abort.abort();
    expect(await Promise.race([called, sleep(500, "under way")])).toBe("under way");
    expect(await called).toMatch(/ReadTimeout/);
  });

  it("loses its read timeout on a connection that is used again", async () => {
    let calls = 0;
    const emulator = await emulate({
      faults: () => (++calls > 1 ? { kind: "hang", at: "headers" } : undefined),
    });
    const client = officialClient(emulator);
    const runtime = { readTimeout: 300, keepAlive: true };
    await call(client, "DescribeTasks", { runtime });
    const again = call(client, "DescribeTasks", { runtime }).catch((error: Error) => error.message);
    expect(await Promise.race([again, sleep(2000, "hangs")])).toBe("hangs");
  });

  it("goes past a proxy that it is told of", async () => {
    const emulator = await emulate();
    const nowhere = { httpProxy: "http://127.0.0.1:1", httpsProxy: "http://127.0.0.1:1" };
    const answer = await call(officialClient(emulator, nowhere), "DescribeTasks", { runtime: nowhere });
    expect(answer.Data).toMatchObject({ Content: [] });
  });

  it("takes a redirect for success", async () => {
    const redirect = "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 2\r\n\r\n{}";
    const emulator = await emulate({ faults: () => ({ kind: "raw", bytes: Buffer.from(redirect) }) });
    expect(await call(officialClient(emulator), "DescribeTasks")).toEqual({});
  });

  it("throws a SyntaxError without a status for an error page of a gateway", async () => {
    const emulator = await emulate({ faults: () => ({ kind: "html" }) });
    const error: unknown = await call(officialClient(emulator), "DescribeTasks").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SyntaxError);
    expect(error).not.toHaveProperty("statusCode");
  });
});
