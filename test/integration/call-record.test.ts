import { afterEach, describe, expect, it, vi } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { BdrcClient } from "../../src/index.ts";
import type { CallRecord } from "../../src/openapi/http/call-record.ts";

let emulator: Emulator;
let client: BdrcClient;

async function open(onCall: (record: CallRecord) => void): Promise<void> {
  emulator = await startEmulator({ tasks: [{ taskId: "t-1" }] });
  client = new BdrcClient({ ...emulator.clientOptions, onCall });
}

afterEach(async () => {
  vi.restoreAllMocks();
  await client.close();
  await emulator.stop();
});

describe("onCall", () => {
  it("is told of a good call, of an error of the API, and of silence", async () => {
    const records: CallRecord[] = [];
    await open((record) => records.push(record));

    await client.describeTask("t-1");
    await client.describeTask("t-none").catch(() => undefined);
    await emulator.stop();
    await client.describeTask("t-1").catch(() => undefined);

    const upperUuid = expect.stringMatching(/^[0-9A-F-]{36}$/);
    const durationMs = expect.any(Number);
    expect(records).toEqual([
      { action: "DescribeTask", taskId: "t-1", httpStatus: 200, requestId: upperUuid, durationMs },
      {
        action: "DescribeTask",
        taskId: "t-none",
        httpStatus: 400,
        apiCode: "InvalidTask.NotFound",
        requestId: upperUuid,
        durationMs,
      },
      { action: "DescribeTask", taskId: "t-1", durationMs },
    ]);
  });

  it("changes nothing when it throws", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    await open(() => {
      throw new Error("listener broke");
    });

    await expect(client.describeTask("t-1")).resolves.toMatchObject({ taskId: "t-1" });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("listener broke"), expect.anything());
  });
});
