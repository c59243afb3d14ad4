import { describe, expect, test } from "vitest";
import { readAnswer, readPage } from "../../src/apis/reader/read-answer.ts";
import { readTime } from "../../src/apis/reader/read-time.ts";
import { isBdrcApiError, isProtocolError, isTaskNotFoundError } from "../../src/task/errors.ts";
import type { Task } from "../../src/task/task.ts";
import { declaration, readingAs } from "./declarations.ts";
import { contextOf, readOne } from "./read-with.ts";

const LISTED = readingAs({ at: "jobs", id: "id" });

describe("reading an answer", () => {
  test("keeps the service's own word beside the status that it means", () => {
    expect(readOne(declaration(), { state: "busy" })).toMatchObject({
      taskId: "t-1",
      taskStatus: "RUNNING",
      serviceStatus: "busy",
    });
  });

  test("compares numbers and booleans as their text", () => {
    const api = readingAs({ states: { complete: [2, true], failed: ["3"] } });
    expect(["2", 2, true, 3].map((state) => readOne(api, { state }))).toMatchObject(
      ["COMPLETE", "COMPLETE", "COMPLETE", "FAILED"].map((taskStatus) => ({ taskStatus })),
    );
  });

  test("never takes an unknown word for an end, not even one of BDRC's own", () => {
    for (const state of ["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "hover"]) {
      const task = readOne(declaration(), { state });
      expect(task).toMatchObject({ serviceStatus: state });
      expect(["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "RUNNING"]).not.toContain(
        task && "taskStatus" in task ? task.taskStatus : "",
      );
    }
  });

  test("names the declared word that an unknown one equals but for case or white space, and ends nothing by it", () => {
    const api = readingAs({ states: { complete: ["done", "All Set"], running: ["busy"] } });
    const near = (state: string, until?: readonly string[]) => {
      const { taskStatus, nearestWord } = readOne(api, { state }, "t-1", until) as Task;
      expect(taskStatus).toBe(state);
      return nearestWord;
    };
    expect(["DONE", " done ", "allset", "doone", "hover"].map((state) => near(state))).toEqual([
      "done",
      "done",
      "All Set",
      undefined,
      undefined,
    ]);
    expect(near("done", ["All Set"])).toBeUndefined();
    expect(readOne(api, { state: "done" })).not.toHaveProperty("nearestWord");
  });

  test("takes what gives no word for an answer that is not as declared", () => {
    const answers = [
      {},
      { state: null },
      { state: "" },
      { state: {} },
      { state: [] },
      { state: "x".repeat(300) },
      "busy",
      3,
      null,
    ];
    for (const answer of answers) {
      expect(() => readOne(declaration(), answer)).toThrow(expect.toSatisfy(isProtocolError));
    }
    // JavaScript's own properties are no words of a service.
    expect(() => readOne(readingAs({ status: "constructor" }), {})).toThrow(
      expect.toSatisfy(isProtocolError),
    );
  });

  test("takes an empty list, or one of other tasks, for not found", () => {
    expect(readOne(LISTED, { jobs: [] })).toSatisfy(isTaskNotFoundError);
    expect(readOne(LISTED, { jobs: [{ id: "t-2", state: "done" }] })).toSatisfy(isTaskNotFoundError);
  });

  test("takes a missing list, or objects without an id, for an answer that is not as declared", () => {
    for (const answer of [{}, { jobs: null }, { jobs: "none" }, { jobs: [{ state: "done" }] }]) {
      expect(() => readOne(LISTED, answer)).toThrow(expect.toSatisfy(isProtocolError));
    }
  });

  test("refuses another task's object in place of the one that was asked for", () => {
    const api = readingAs({ at: "job", id: "id" });
    expect(() => readOne(api, { job: { id: "t-2", state: "done" } })).toThrow(
      /answered with another task, "t-2"/,
    );
  });

  test("finds each of many tasks, and says which are not there", () => {
    const answer = {
      jobs: [
        { id: "t-3", state: "error" },
        { id: "t-1", state: "done" },
      ],
    };
    const found = readAnswer(answer, ["t-1", "t-2", "t-3"], contextOf(LISTED));
    expect([...found.keys()]).toEqual(["t-1", "t-2", "t-3"]);
    expect([...found.values()]).toMatchObject([
      { taskStatus: "COMPLETE" },
      { code: "TASK_NOT_FOUND" },
      { taskStatus: "FAILED" },
    ]);
  });

  test.each([
    [["done", "busy"], "RUNNING", 7000],
    [["done", "error", "busy"], "FAILED", undefined],
    [["done", "done"], "COMPLETE", 10_000],
    [["done", "hover"], "hover", undefined],
  ])("makes one task of several objects with one id: %j is %s", (states, taskStatus, progress) => {
    const api = readingAs({ at: "jobs", id: "id", progress: "percent" });
    const jobs = states.map((state) => ({
      id: "t-1",
      state,
      ...(state === "busy" && states.length === 2 ? { percent: 40 } : {}),
    }));
    expect(readOne(api, { jobs })).toMatchObject({
      taskStatus,
      ...(progress === undefined ? {} : { progress }),
    });
  });

  test("says that a service refused inside HTTP 200", () => {
    const api = declaration({ refused: { when: "Success == `false`", code: "Code", message: "Message" } });
    const answer = { Success: false, Code: "Throttling.User", Message: "slow down", state: "done" };
    expect(() => readOne(api, answer)).toThrow(expect.toSatisfy(isBdrcApiError));
    expect(() => readOne(api, answer)).toThrow(/video was refused: Throttling\.User: slow down/);
    expect(readOne(api, { Success: true, state: "done" })).toMatchObject({ taskStatus: "COMPLETE" });
  });

  test.each([
    ["40%", 4000],
    [" 40.5 % ", 4050],
    [0, 0],
    [150, 10_000],
    [-1, undefined],
    ["soon", undefined],
    [{}, undefined],
  ])("reads the progress %j as %j", (percent, progress) => {
    const task = readOne(readingAs({ progress: "percent" }), { state: "busy", percent });
    expect(task).toMatchObject({ taskStatus: "RUNNING" });
    expect(task && "progress" in task ? task.progress : undefined).toBe(progress);
  });

  test("reads a share of a whole that the answer tells", () => {
    const api = readingAs({ progress: { value: "done", of: "total" } });
    expect(readOne(api, { state: "busy", done: 40, total: 160 })).toMatchObject({
      progress: 2500,
      percent: 25,
    });
    expect(readOne(api, { state: "busy", done: 0, total: 0 })).not.toHaveProperty("progress");
  });

  test("counts an optional expression that throws as absent, and tells of it", () => {
    const context = contextOf(readingAs({ progress: "length(stages)" }));
    expect(readAnswer({ state: "busy" }, ["t-1"], context).get("t-1")).toMatchObject({
      taskStatus: "RUNNING",
    });
    expect(context.faults).toEqual(["video: task.progress"]);
  });

  test("reads why it failed only when it did, and the result only at the end", () => {
    const api = readingAs({ error: "why", result: "out" });
    expect(readOne(api, { state: "busy", why: "", out: { url: "x" } })).not.toHaveProperty("taskResult");
    expect(readOne(api, { state: "error", why: "too long" })).toMatchObject({ errorMessage: "too long" });
    const done = readOne(api, { state: "done", why: "Success", out: { url: "x" } });
    expect(done).toMatchObject({ result: { url: "x" } });
    expect(done).not.toHaveProperty("errorMessage");
  });

  test("reads JSON in a text as the JSON, and takes the whole object without an expression", () => {
    expect(readOne(readingAs({ result: "out" }), { state: "done", out: '{"a":1}' })).toMatchObject({
      result: { a: 1 },
    });
    expect(readOne(readingAs({ result: "out" }), { state: "done", out: "plain" })).toMatchObject({
      result: "plain",
    });
    expect(readOne(declaration(), { state: "done", a: 1 })).toMatchObject({
      result: { state: "done", a: 1 },
    });
  });

  test.each([
    [1_701_000_000, "Z", 1_701_000_000],
    ["1701000000", "Z", 1_701_000_000],
    [1_701_000_000_123, "Z", 1_701_000_000],
    [1_701_000_000_123_456, "Z", 1_701_000_000],
    [1.701_000_000_123_456_8e18, "Z", 1_701_000_000],
    ["1701000000123456789", "Z", 1_701_000_000],
    ["2023-11-26T12:00:00Z", "+08:00", 1_701_000_000],
    ["2023-11-26T12:00Z", "Z", 1_701_000_000],
    ["2023-11-26T20:00:00.123456789+0800", "Z", 1_701_000_000],
    ["2023-11-26 20:00:00.123", "+08:00", 1_701_000_000],
    ["2023-11-26 20:00:00", "+08:00", 1_701_000_000],
    ["2023-11-26", "Z", 1_700_956_800],
    ["", "Z", undefined],
    ["yesterday", "Z", undefined],
    ["2023-13-45T99:00:00Z", "Z", undefined],
    [0, "Z", undefined],
    [-5, "Z", undefined],
    [9e18, "Z", undefined],
    [true, "Z", undefined],
  ])("reads the time %j with zone %s as %j", (value, zone, seconds) => {
    expect(readTime(value, zone)).toBe(seconds);
  });

  test("reads a page without the objects that are no tasks, and what asks for the next", () => {
    const paged = declaration({
      task: { ...declaration().task, id: "id" },
      list: { parameters: { size: "2" }, at: "jobs", next: { parameter: "after", value: "next" } },
    });
    const jobs = [{ id: "t-1", state: "done" }, null, { id: "t-2" }, { state: "done" }];
    const page = readPage({ jobs, next: "abc" }, 1, contextOf(paged));
    expect(page).toMatchObject({ tasks: [{ taskId: "t-1" }], nextToken: "abc" });
    expect(readPage({ jobs: [] }, 1, contextOf(paged))).toEqual({ tasks: [] });
    expect(() => readPage({}, 1, contextOf(paged))).toThrow(expect.toSatisfy(isProtocolError));
  });

  test("counts pages where the service does", () => {
    const paged = declaration({
      task: { ...declaration().task, id: "id" },
      list: { parameters: {}, at: "jobs", next: { page: "page_no", pages: "total_page" } },
    });
    const jobs = [{ id: "t-1", state: "done" }];
    expect(readPage({ jobs, total_page: 2 }, 1, contextOf(paged))).toMatchObject({ nextToken: "2" });
    expect(readPage({ jobs, total_page: 2 }, 2, contextOf(paged))).not.toHaveProperty("nextToken");
    expect(readPage({ jobs: [], total_page: 9 }, 2, contextOf(paged))).not.toHaveProperty("nextToken");
  });
});

describe("until", () => {
  const partial = readingAs({
    states: { complete: ["done"], failed: ["error", "partly"], running: ["busy"] },
  });
  const resource = readingAs({ states: { running: ["Pending", "Running", "Stopped"], failed: ["Broken"] } });

  test("takes the words it names for the success, in place of the declaration's", () => {
    expect(readOne(partial, { state: "partly" })).toMatchObject({ taskStatus: "FAILED" });
    expect(readOne(partial, { state: "partly" }, "t-1", ["done", "partly"])).toMatchObject({
      taskStatus: "COMPLETE",
    });
    expect(readOne(resource, { state: "Stopped" }, "t-1", ["Running"])).toMatchObject({
      taskStatus: "RUNNING",
    });
    expect(readOne(resource, { state: "Running" }, "t-1", ["Running"])).toMatchObject({
      taskStatus: "COMPLETE",
    });
    expect(readOne(resource, { state: "Broken" }, "t-1", ["Running"])).toMatchObject({
      taskStatus: "FAILED",
    });
  });

  test("keeps waiting, with a warning, at a success that it does not name", () => {
    expect(readOne(partial, { state: "done" }, "t-1", ["partly"])).toMatchObject({ taskStatus: "done" });
  });

  test("takes not found for the success when it is gone", () => {
    const listed = readingAs({ at: "all", id: "id", states: { running: ["Running"] } });
    expect(readOne(listed, { all: [] }, "t-1", ["gone"])).toMatchObject({
      taskStatus: "COMPLETE",
      serviceStatus: "gone",
    });
    const answer = { all: [{ id: "t-1", state: "Running" }] };
    expect(readOne(listed, answer, "t-1", ["gone"])).toMatchObject({ taskStatus: "RUNNING" });
  });

  test("is needed where the declaration names no success, and may name words that it has only", () => {
    expect(() => contextOf(resource)).toThrow(/video has no word for success, so until must be given/);
    expect(() => contextOf(resource, ["Runing"])).toThrow(
      /"Runing" is no word of video; did you mean "Running"\?/,
    );
  });
});
