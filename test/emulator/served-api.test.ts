import { describe, expect, test } from "vitest";
import { compileExpression } from "../../src/apis/expression/expression.ts";
import { defineTaskApi } from "../../src/apis/index.ts";
import { presets } from "../../src/apis/presets.ts";
import { patternOf } from "../../src/emulator/apis/path-pattern.ts";
import { placesOf, writeBack } from "../../src/emulator/apis/places.ts";
import { ServedApi } from "../../src/emulator/apis/served-api.ts";
import { writtenTime } from "../../src/emulator/apis/written-time.ts";
import type { ApiRequest } from "../../src/emulator/protocol/api-request.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { World } from "../../src/emulator/world/world.ts";
import { HandClock } from "./hand-clock.ts";

const AT_MS = Date.parse("2026-11-27T19:52:07.650Z");

function served(name: keyof typeof presets): { api: ServedApi; world: World; clock: HandClock } {
  const clock = new HandClock();
  const world = new World({ now: clock.now });
  return { api: new ServedApi(presets[name], { world, random: seededRandom(5) }), world, clock };
}

describe("a served declaration", () => {
  test.each([
    ["of running alone", [{ state: "running", answer: { job: { id: "{id}", state: "active" } } }]],
    ["at all", []],
  ])("without examples %s shows each state by the first word that it has for it", (_, examples) => {
    const clock = new HandClock();
    const world = new World({ now: clock.now });
    const jobs = defineTaskApi({
      name: "jobs",
      request: { style: "http", method: "GET", url: "https://api.jobs.example/v1/jobs/{id}" },
      task: {
        status: "job.state",
        states: {
          running: ["active"],
          complete: ["done", "kept"],
          failed: ["broken"],
          canceled: ["stopped"],
        },
      },
      examples,
    });
    const api = new ServedApi(jobs, { world, random: seededRandom(5) });
    const word = (taskId: string): unknown =>
      (JSON.parse(api.show([taskId], clock.nowMs).body) as { job: { state: unknown } }).job.state;
    for (const end of ["COMPLETE", "FAILED", "CANCELED", "EXPIRED"] as const) {
      world.addTask({ taskId: end, durationMs: 1000, end });
    }
    expect(word("COMPLETE")).toBe("active");
    clock.nowMs += 2000;
    expect(["COMPLETE", "FAILED", "CANCELED", "EXPIRED"].map(word)).toEqual([
      "done",
      "broken",
      "stopped",
      "broken",
    ]);
  });

  test("answers for many ids in an order of its own, counts them, and names those it does not know", () => {
    const { api, world, clock } = served("mps-job");
    const ids = ["t-1", "t-2", "t-3", "t-4", "t-5", "t-6"];
    for (const taskId of ids) {
      world.addTask({ taskId });
    }
    const answer = JSON.parse(api.show([...ids, "t-9", "t-8"], clock.nowMs).body) as {
      JobList: { Job: { JobId: string }[] };
      NonExistJobIds: { String: string[] };
    };
    const shown = answer.JobList.Job.map(({ JobId }) => JobId);
    expect([...shown].sort()).toEqual(ids);
    expect(shown).not.toEqual(ids);
    expect(answer.NonExistJobIds.String).toEqual(["t-9", "t-8"]);
  });

  test("shows a resource by the words of its stages, the last of them for good", () => {
    const { api, world, clock } = served("ecs-instance");
    world.addTask({
      taskId: "i-1",
      durationMs: 1000,
      stages: [
        { afterMs: 0, status: "Stopping" },
        { afterMs: 500, status: "Stopped" },
      ],
    });
    const words = [0, 600, 5000].map((ms) => {
      clock.nowMs += ms;
      return /"Status":"(\w+)"/.exec(api.show(["i-1"], clock.nowMs).body)?.[1];
    });
    expect(words).toEqual(["Stopping", "Stopped", "Stopped"]);
  });

  test("gives each answer a request id of its own", () => {
    const { api, clock } = served("rds-task");
    const bodies = [1, 2].map(() => JSON.parse(api.show(["t-1"], clock.nowMs).body) as { RequestId: string });
    expect(bodies[0]?.RequestId).not.toBe(bodies[1]?.RequestId);
    expect(bodies[0]).toMatchObject({ TotalCount: 0, Items: [] });
  });
});

describe("a request to a served declaration", () => {
  const ASKED: ApiRequest = { method: "GET", path: "/", query: [], headers: {}, body: new Uint8Array() };
  const routeOf = (request: object, more: object = {}) => {
    const jobs = defineTaskApi({
      name: "jobs",
      request: { style: "http", ...request },
      task: { status: "state", states: { complete: ["done"] } },
      ...more,
    });
    const clock = new HandClock();
    const world = new World({ now: clock.now });
    for (const taskId of ["https://x.example/op?id=1", "https://x.example/op?id=2"]) {
      world.addTask({ taskId });
    }
    return new ServedApi(jobs, { world, random: seededRandom(5) }).route;
  };
  const url = (rest: string): { url: string } => ({ url: `https://api.jobs.example${rest}` });
  const body = new TextEncoder().encode("job=t-1");

  test.each<[string, object, Partial<ApiRequest>]>([
    ["the query", url("/query?job={id}"), { path: "/query", query: [["job", "t-1"]] }],
    [
      "the query of a POST",
      { ...url("/?job={id}"), method: "POST" },
      { method: "POST", query: [["job", "t-1"]] },
    ],
    ["a form of a POST", { ...url("/?job={id}"), method: "POST" }, { method: "POST", body }],
    ["a part of a parameter", url("?q=job:a+b:{+id}"), { query: [["q", "job:a b:t-1"]] }],
    ["a parameter's name", url("?{id}"), { query: [["t-1", ""]] }],
    [
      "a header",
      { ...url("/one"), headers: { "X-Job": "job {id}" } },
      { path: "/one", headers: { "x-job": "job t-1" } },
    ],
    ["a path that begins as the API is named", url("/jobs/{id}"), { path: "/jobs/t-1" }],
    ["that path after the name", url("/jobs/{id}"), { path: "/jobs/jobs/t-1" }],
    ["the query of such a path", url("/jobs?id={id}"), { path: "/jobs", query: [["id", "t-1"]] }],
    ["a path that a URL encodes", url("/größe 1/{id}.json"), { path: "/gr%C3%B6%C3%9Fe%201/t-1.json" }],
  ])("has its id in %s", (_, request, asked) => {
    expect(routeOf(request)({ ...ASKED, ...asked })).toEqual({ kind: "describe", taskIds: ["t-1"] });
  });

  test("of another method, or with the id in another place, is none of its", () => {
    const route = routeOf({ ...url("/query?job={id}"), method: "POST" });
    const query = [["job", "t-1"]] as const;
    expect(route({ ...ASKED, path: "/query", query })).toBeUndefined();
    expect(route({ ...ASKED, method: "POST", path: "/query/t-1" })).toBeUndefined();
    expect(route({ ...ASKED, method: "POST", path: "/query", query: [["other", "t-1"]] })).toEqual({
      kind: "describe",
      taskIds: undefined,
    });
  });

  test("tells ids that are URLs apart by path and query", () => {
    const route = routeOf({ url: "{+id}", hosts: ["x.example"] });
    const idOf = (id: string) => route({ ...ASKED, path: "/op", query: [["id", id]] });
    expect(["2", "3"].map(idOf)).toEqual([
      { kind: "describe", taskIds: ["https://x.example/op?id=2"] },
      { kind: "describe", taskIds: ["/op"] },
    ]);
  });

  test("can't be told where the id is part of the host", () => {
    expect(() => routeOf({ url: "https://{id}.jobs.example/", hosts: ["*.jobs.example"] })).toThrow(
      "jobs: the emulator can't tell ids that are part of the host ({id}.jobs.example)",
    );
  });
});

test.each([
  ["/tasks/{id}", "/tasks/a%2Fb", { id: "a/b" }],
  ["/tasks/{id}", "/tasks/a/b", undefined],
  ["/v1/{+id}", "/v1/projects/p/operations/o", { id: "projects/p/operations/o" }],
  ["/f/{functionName}/t/{id}", "/f/re.size/t/1", { functionName: "re.size", id: "1" }],
  ["/f.x/{id}", "/fax/1", undefined],
  ["/tasks/{id}", "/tasks/%E0%A4%A", undefined],
])("the pattern %s reads %s backwards", (template, path, values) => {
  const found = patternOf(template)(path);
  expect(found === undefined ? undefined : Object.fromEntries(found)).toEqual(values);
});

test.each([
  [1_604_995_324, "Z", 1_795_809_127],
  [1_700_000_000_000, "Z", AT_MS],
  ["1700000000000", "Z", String(AT_MS)],
  [1_700_000_000_000_000, "Z", AT_MS * 1000],
  ["2022-02-03T11:31:03Z", "Z", "2026-11-27T19:52:07Z"],
  ["2015-11-23T02:13Z", "Z", "2026-11-27T19:52Z"],
  ["2020-11-10T16:02:04+08:00", "Z", "2026-11-28T03:52:07+08:00"],
  ["2023-12-20 21:36:45.913", "+08:00", "2026-11-28 03:52:07.650"],
  ["2021-01-01T00:00:00.123456789Z", "Z", "2026-11-27T19:52:07.650000000Z"],
  ["2021-01-01", "Z", "2026-11-27"],
  ["soon", "Z", "soon"],
])("a time like %s in %s is written as %s", (sample, timeZone, written) => {
  expect(writtenTime(sample, AT_MS, timeZone)).toBe(written);
});

test("a value is written where an expression read it, and nowhere else", () => {
  const object = { Status: "Processing", CreateTime: 5, UpdateTime: "", Stages: { Done: 3 } };
  const write = (text: string, value: unknown) =>
    writeBack(object, compileExpression(text, "x", "value"), () => value);
  write("Status == 'x' && CreateTime || Status", "Running");
  write("UpdateTime || CreateTime", 6);
  write("Stages.Done", 4);
  write("length(Status)", 99);
  write("Missing", 99);
  expect(object).toEqual({ Status: "Running", CreateTime: 6, UpdateTime: "", Stages: { Done: 4 } });
  expect(placesOf("join(': ', [a.b, `\"c\"`])")).toEqual([["a", "b"]]);
});
