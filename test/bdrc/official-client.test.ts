import { describe, expect, it } from "vitest";
import { type OfficialClient, sourceFromOfficialClient } from "../../src/bdrc/official-client.ts";

const TASK = { taskId: "t-1", taskStatus: "RUNNING", progress: 100 };
const answering = (body: unknown) =>
  sourceFromOfficialClient({ describeTask: async () => ({ statusCode: 200, body }) });

/** As the SDK's models are: instances, with fields that the service left out undefined. */
class Model {
  taskId?: string;
  taskStatus?: string;
  progress?: number;
  taskName?: string;

  constructor(fields: object) {
    Object.assign(this, fields);
  }

  validate(): void {}
}

describe("sourceFromOfficialClient", () => {
  it.each([
    ["plain objects", { requestId: "R", data: TASK }],
    ["the SDK's models", new Model({ requestId: "R", data: new Model(TASK) })],
  ])("sees a task in %s", async (_, body) => {
    expect(await answering(body).describe("t-1", {})).toEqual({ ...TASK, percent: 1 });
  });

  it.each([null, {}, new Model({})])("takes the empty data %j for an unknown task", async (data) => {
    await expect(answering({ data }).describe("t-1", {})).rejects.toMatchObject({
      name: "TaskNotFoundError",
      taskId: "t-1",
    });
  });

  it.each<[unknown, string]>([
    [undefined, "the official client's answer has no body.data"],
    [null, "the official client's answer has no body.data"],
    [{}, "the official client's answer has no body.data"],
    [{ data: "x" }, "the official client's answer has no body.data"],
    [{ data: { taskId: "t-1" } }, "Data.TaskStatus is missing"],
    [{ data: { ...TASK, taskId: "t-2" } }, 'Data.TaskId is of another task, "t-2"'],
  ])("finds no task in %j", async (body, message) => {
    await expect(answering(body).describe("t-1", {})).rejects.toMatchObject({
      name: "ProtocolError",
      message: `DescribeTask of "t-1" was not answered as documented: ${message}`,
    });
  });

  it("passes the SDK's errors on untouched, also those thrown at once", async () => {
    const error = Object.assign(new Error("Code: code: 400"), { code: "Throttling.User", statusCode: 400 });
    const rejecting = sourceFromOfficialClient({ describeTask: () => Promise.reject(error) });
    await expect(rejecting.describe("t-1", {})).rejects.toBe(error);
    const throwing = sourceFromOfficialClient({
      describeTask: () => {
        throw error;
      },
    });
    await expect(throwing.describe("t-1", {})).rejects.toBe(error);
  });

  it("rejects at once after an abort, though the SDK goes on", async () => {
    const controller = new AbortController();
    const source = sourceFromOfficialClient({ describeTask: () => new Promise(() => undefined) });
    const call = source.describe("t-1", { signal: controller.signal });
    const reason = { mine: true };
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it("keeps the client's `this`, and refuses odd ids before it is called", async () => {
    class Client {
      readonly #task = TASK;
      calls = 0;
      async describeTask() {
        this.calls += 1;
        return { body: { data: this.#task } };
      }
    }
    const client = new Client();
    const source = sourceFromOfficialClient(client);
    await expect(source.describe("t-1?x", {})).rejects.toMatchObject({ name: "InvalidOptionError" });
    expect(client.calls).toBe(0);
    expect(await source.describe("t-1", {})).toMatchObject(TASK);
  });

  it("lists with a request that both kinds of SDK take", async () => {
    let map: unknown;
    const client: OfficialClient = {
      describeTask: () => Promise.reject(new Error("not asked")),
      async describeTasks(request: { validate(): void; toMap(): unknown; taskStatus: string }) {
        request.validate();
        map = request.toMap();
        const content = [new Model({ ...TASK, taskStatus: request.taskStatus }), { taskId: "t-2" }, null];
        return { body: new Model({ data: new Model({ content, nextToken: "n", totalCount: 3 }) }) };
      },
    };
    const page = await sourceFromOfficialClient(client).list?.(
      { taskStatus: "CREATED", maxResults: 50, nextToken: "p" },
      {},
    );
    expect(map).toEqual({ TaskStatus: "CREATED", MaxResults: 50, NextToken: "p" });
    expect(page).toEqual({
      tasks: [{ ...TASK, taskStatus: "CREATED", percent: 1 }],
      nextToken: "n",
      totalCount: 3,
    });
  });

  it("has no listing when the client has none", () => {
    expect(answering({})).not.toHaveProperty("list");
  });

  it.each([undefined, null, {}, "x"])("refuses %j as a client", (client) => {
    expect(() => sourceFromOfficialClient(client as never)).toThrow(
      "client must have the official SDK's describeTask(), which is missing",
    );
  });
});
