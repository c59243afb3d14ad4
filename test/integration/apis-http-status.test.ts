import { afterEach, describe, expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { tryTaskApi } from "../../src/apis/try-task-api.ts";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { type Peer, startPeer } from "./client-peer.ts";
import { startedEmulators } from "./started-emulators.ts";

// As Snowflake's statements are: 202 while it runs, 422 when it failed.
const STATEMENT = {
  name: "statement",
  request: { style: "http", url: "https://api.example.com/statements/{id}" },
  task: {
    status: "status || httpStatus",
    states: { running: [202, "busy"], complete: [200, 204], failed: [422, "broken"] },
    error: "message",
  },
  refused: { when: "refused", code: "refused" },
} as const;
const API = defineTaskApi(STATEMENT);

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

async function sourceOf(
  httpStatus: number,
  body: string,
  api = API,
): Promise<ReturnType<typeof taskApiSource>> {
  const peer = await startPeer((response) => response.writeHead(httpStatus).end(body));
  peers.push(peer);
  return taskApiSource(api, { endpoint: peer.origin });
}

describe("an HTTP status that a declaration reads as a word", () => {
  test.each([
    [202, "", "RUNNING", "202"],
    [202, "{}", "RUNNING", "202"],
    [200, '{"rows":3}', "COMPLETE", "200"],
    [204, "", "COMPLETE", "204"],
    [422, '{"message":"no such table"}', "FAILED", "422"],
    [200, '{"status":"busy"}', "RUNNING", "busy"],
    [200, '{"status":"broken","httpStatus":200}', "FAILED", "broken"],
    [202, '{"httpStatus":200}', "RUNNING", "202"],
    [201, "", "201", "201"],
  ])("%i with %j is %s", async (httpStatus, body, taskStatus, serviceStatus) => {
    const task = await (await sourceOf(httpStatus, body)).describe("s-1", {});
    expect(task).toMatchObject({ taskStatus, serviceStatus });
    expect(task.taskResult).toBe(
      taskStatus === "COMPLETE" || taskStatus === "FAILED" ? body || "{}" : undefined,
    );
    expect(task.errorMessage).toBe(httpStatus === 422 ? "no such table" : undefined);
  });

  test.each([
    [400, '{"message":"no"}', "permanent"],
    [401, "", "denied"],
    [404, "", "notFound"],
    [422, "<html>gateway</html>", "permanent"],
    [429, '{"status":"busy"}', "throttled"],
    [503, "", "transient"],
    [303, "", "transient"],
    [200, "<html>log in</html>", "transient"],
    [200, '{"refused":"NotFound"}', "notFound"],
  ])("leaves %i with %j an error", async (httpStatus, body, meaning) => {
    const error = await (await sourceOf(httpStatus, body))
      .describe("s-1", {})
      .catch((thrown: unknown) => thrown);
    expect(classifyError(error)).toBe(meaning);
  });

  test("says nothing of the tasks of a list, nor where the declaration does not read it", async () => {
    const listed = defineTaskApi({ ...STATEMENT, task: { ...STATEMENT.task, at: "jobs", id: "id" } });
    const silent = defineTaskApi({ ...STATEMENT, task: { ...STATEMENT.task, status: "status" } });
    for (const [api, httpStatus, body, meaning] of [
      [listed, 200, '{"jobs":[{"id":"s-1"}]}', "transient"],
      [silent, 200, "{}", "transient"],
      [silent, 422, "{}", "permanent"],
    ] as const) {
      const source = await sourceOf(httpStatus, body, api);
      expect(classifyError(await source.describe("s-1", {}).catch((thrown: unknown) => thrown))).toBe(
        meaning,
      );
    }
  });

  test.each([303, 401, 403, 407, 408, 425, 429, 500, 503])(
    "can't be %i, which no answer about a task has",
    (httpStatus) => {
      const states = { ...STATEMENT.task.states, failed: [httpStatus] };
      expect(() => defineTaskApi({ ...STATEMENT, task: { ...STATEMENT.task, states } })).toThrow(
        `statement: task.states has ${httpStatus}, but where task.status reads httpStatus, words may be 2xx, and 4xx other than`,
      );
    },
  );

  test("is shown by a try", async () => {
    const peer = await startPeer((response) => response.writeHead(422).end('{"message":"no"}'));
    peers.push(peer);
    const { keys, task } = await tryTaskApi(API, "s-1", { endpoint: peer.origin });
    expect(keys).toContainEqual({ key: "task.status", expression: "status || httpStatus", value: 422 });
    expect(task).toMatchObject({ taskStatus: "FAILED", errorMessage: "no" });
  });
});

describe("the emulator", () => {
  const start = startedEmulators();

  test.each<[string, object]>([
    ["examples", { examples: [{ state: "failed", httpStatus: 422, answer: { message: "no" } }] }],
    ["no example", {}],
  ])("answers with the HTTP statuses that are words, with %s", async (_, more) => {
    const api = defineTaskApi({ ...STATEMENT, ...more, task: { ...STATEMENT.task, status: "httpStatus" } });
    const emulator = await start({
      apis: [api],
      tasks: [
        { taskId: "s-1", durationMs: 30 },
        { taskId: "s-2", durationMs: 30, end: "FAILED" },
      ],
    });
    const kinds = ["s-1", "s-2", "s-3"].map(async (id) => {
      const client = { endpoint: emulator.endpoint };
      const options = { api, client, minIntervalMs: 5, maxIntervalMs: 20, notFoundGraceMs: 0 };
      const { kind, task } = await waitForTask(id, { ...options, timeout: "20s" }).outcome;
      return [kind, task?.serviceStatus];
    });
    expect(await Promise.all(kinds)).toEqual([
      ["complete", "200"],
      ["failed", "422"],
      ["notFound", undefined],
    ]);
  });
});
