import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { notify, TaskWaiter } from "../../src/index.ts";
import { installed } from "./npm.ts";

// What is used of the SDK of CloudEvents, which is CommonJS.
interface CloudEvents {
  readonly HTTP: {
    toEvent(message: { headers: IncomingHttpHeaders; body: string }): {
      readonly type: string;
      readonly subject: string;
      readonly data: unknown;
      /** @returns `true`; throws otherwise. */
      validate(): boolean;
    };
  };
}

test("every notification is an event that the SDK of CloudEvents reads and validates", async () => {
  const load = await installed("cloud-events");
  const { HTTP } = load("cloudevents") as CloudEvents;
  const posted: { headers: IncomingHttpHeaders; body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    posted.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.end();
  });
  await new Promise<void>((listening) => receiver.listen(0, "127.0.0.1", listening));
  const emulator = await startEmulator({
    tasks: [
      { taskId: "t-good", durationMs: 300, result: { count: 2 } },
      { taskId: "t-bad", durationMs: 300, end: "FAILED", errorMessage: 'no "space"\n' },
    ],
  });
  await using waiter = new TaskWaiter({ source: new BdrcClient(emulator.clientOptions) });
  const notified = notify(waiter, {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    on: ["status", "progress", "poll", "settled"],
  });
  await Promise.all(["t-good", "t-bad"].map((taskId) => waiter.wait(taskId).outcome));
  expect(await notified.done()).toEqual([]);
  await emulator.stop();
  receiver.close();

  const events = posted.map((message) => HTTP.toEvent(message));
  expect(events.map((event) => event.validate())).toEqual(events.map(() => true));
  expect(
    events
      .filter(({ type }) => type === "taskwait.settled")
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(["t-bad", "t-good"]);
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(2);
  expect(events.every(({ data }) => typeof data === "object")).toBe(true);
}, 300_000);
