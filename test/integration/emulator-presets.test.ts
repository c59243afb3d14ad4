import { describe, expect, test } from "vitest";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { presets } from "../../src/apis/presets.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { exitCodeOf } from "../../src/cli/errors/exit-code.ts";
import type { Emulator } from "../../src/emulator/index.ts";
import type { TaskPage } from "../../src/task/source.ts";
import type { FinalTaskStatus } from "../../src/task/status.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { GOALS, optionsOf, taskOf } from "./preset-waits.ts";
import { startedEmulators } from "./started-emulators.ts";

const ALL: readonly TaskApi[] = Object.values(presets);
const NAMES = ALL.map(({ name }) => name);
// A site's list can't be asked for one task: a task that it lacks may be on another page.
const NEVER_NOT_FOUND = ["esa-purge"];

const ENDS: readonly (readonly [state: string, end: FinalTaskStatus, exitCode: number])[] = [
  ["complete", "COMPLETE", 0],
  ["failed", "FAILED", 1],
  ["expired", "EXPIRED", 3],
  ["canceled", "CANCELED", 4],
];

const start = startedEmulators({ apis: ALL, seed: 11 });

async function endOf(api: TaskApi, emulator: Emulator, taskId: string): Promise<string> {
  const { set, until, ...client } = optionsOf(api, emulator);
  const outcome = await waitForTask(taskId, {
    api,
    client,
    ...(set === undefined ? {} : { set }),
    ...(until === undefined ? {} : { until }),
    minIntervalMs: 5,
    maxIntervalMs: 50,
    notFoundGraceMs: 0,
    timeout: "30s",
  }).outcome;
  return `${outcome.kind} ${exitCodeOf(outcome)}`;
}

/** What went otherwise than it must. */
async function wrongOf(
  apis: readonly TaskApi[],
  tell: (api: TaskApi) => Promise<string>,
  expected: string,
): Promise<readonly string[]> {
  const told = await Promise.all(apis.map(async (api) => `${api.name}: ${await tell(api)}`));
  return told.filter((one) => one !== `${one.slice(0, one.indexOf(":"))}: ${expected}`);
}

describe("each preset, against the emulator that speaks all of them", () => {
  test.each(ENDS)(
    "ends as %s where its service has that, and exits with its code",
    async (state, end, code) => {
      const emulator = await start();
      const able = ALL.filter(
        ({ name, examples }) =>
          examples?.some((one) => one.state === state) || (state === "complete" && GOALS[name] !== undefined),
      ).filter(({ name }) => state === "complete" || GOALS[name] === undefined);
      expect(able.length).toBeGreaterThan(state === "complete" ? 28 : 2);
      for (const api of able) {
        const spec = { createdMs: 5, durationMs: 10, ...(state === "complete" ? {} : { end }) };
        emulator.world.addTask(taskOf(api, `${api.name}-1`, spec));
      }
      expect(await wrongOf(able, (api) => endOf(api, emulator, `${api.name}-1`), `${state} ${code}`)).toEqual(
        [],
      );
    },
  );

  test("is told of an id that there is not", async () => {
    const emulator = await start();
    const able = ALL.filter(({ name }) => !NEVER_NOT_FOUND.includes(name));
    expect(await wrongOf(able, (api) => endOf(api, emulator, "nobody-1"), "notFound 6")).toEqual([]);
  });

  test("goes on when it was throttled, and ends as its task does", async () => {
    const emulator = await start({
      quota: { apis: Object.fromEntries(NAMES.map((name) => [name, { perSecond: 0 }])) },
    });
    for (const api of ALL) {
      emulator.world.addTask(taskOf(api, `${api.name}-1`, { durationMs: 1 }));
    }
    const ends = wrongOf(ALL, (api) => endOf(api, emulator, `${api.name}-1`), "complete 0");
    // The two of DashScope differ in their hosts only, so one answers for both.
    const told = NAMES.filter((name) => name !== "dashscope-intl");
    await expect
      .poll(() => told.filter((name) => emulator.counters(name).throttled === 0), { timeout: 20_000 })
      .toEqual([]);
    emulator.setQuota({});
    expect(await ends).toEqual([]);
  });

  test("is denied by an access policy, and by a key that nobody knows", async () => {
    const emulator = await start({ ram: { denied: NAMES } });
    expect(await wrongOf(ALL, (api) => endOf(api, emulator, "t-1"), "denied 7")).toEqual([]);
    emulator.setRam({ denied: [] });
    const stranger = {
      ...emulator,
      apiKey: "sk-nobody",
      clientOptions: { ...emulator.clientOptions, accessKeySecret: "nobody's" },
    };
    expect(await wrongOf(ALL, (api) => endOf(api, stranger, "t-1"), "denied 7")).toEqual([]);
  });

  test("ends rightly though one call in twenty goes wrong", async () => {
    const emulator = await start({ faults: "reset=0.02,500=0.01,html=0.01,truncate=0.01" });
    const ids = ["1", "2", "3"];
    for (const api of ALL) {
      for (const id of ids) {
        emulator.world.addTask(taskOf(api, `${api.name}-${id}`, { durationMs: 60 }));
      }
    }
    const wrong = await Promise.all(
      ids.map((id) => wrongOf(ALL, (api) => endOf(api, emulator, `${api.name}-${id}`), "complete 0")),
    );
    expect(wrong.flat()).toEqual([]);
    expect(emulator.requests().some(({ faults }) => faults.length > 0)).toBe(true);
  });
});

describe("an answer of the emulator for a declared API", () => {
  test("has the task's own times, its progress, and what is left of it", async () => {
    const emulator = await start();
    const task = emulator.world.addTask({ taskId: "t-1", durationMs: 3_600_000 });
    for (const name of ["rds-task", "mps-job", "ecs-snapshot", "dashscope", "hbr-backup-job"] as const) {
      const seen = await taskApiSource(presets[name], optionsOf(presets[name], emulator)).describe("t-1", {});
      expect(seen.startTime, name).toBe(Math.floor(task.startsAtMs / 1000));
      expect(seen.progress ?? 0, name).toBeLessThan(100);
    }
    const seen = await taskApiSource(presets["rds-task"], optionsOf(presets["rds-task"], emulator)).describe(
      "t-1",
      {},
    );
    expect(seen.remaining).toBeGreaterThan(3500);
    expect(seen.remaining).toBeLessThanOrEqual(3600);
  });

  test("has the error and the result that the task was made with", async () => {
    const emulator = await start();
    emulator.world.addTask({ taskId: "t-1", durationMs: 0, end: "FAILED", errorMessage: "no space" });
    emulator.world.addTask({ taskId: "t-2", durationMs: 0, result: { file: "a.mp4" } });
    const source = taskApiSource(presets["mps-job"], optionsOf(presets["mps-job"], emulator));
    expect(await source.describe("t-1", {})).toMatchObject({
      taskStatus: "FAILED",
      errorMessage: "no space",
    });
    expect(await source.describe("t-2", {})).toMatchObject({
      taskStatus: "COMPLETE",
      result: { file: "a.mp4" },
    });
  });

  test("holds the ids asked for and no others", async () => {
    const emulator = await start();
    const ids = ["t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7"];
    for (const taskId of [...ids, "t-8"]) {
      emulator.world.addTask({ taskId, durationMs: "never" });
    }
    for (const api of ALL.filter((one) => (one.ids?.max ?? 1) > 1)) {
      const source = taskApiSource(api, optionsOf(api, emulator));
      const tasks = await source.describeMany?.([...ids, "nobody-1"], {});
      expect(tasks?.map(({ taskId }) => taskId).sort(), api.name).toEqual(ids);
    }
  });

  test("is a page of the listing, filtered by the service's word", async () => {
    const emulator = await start();
    for (let n = 0; n < 250; n++) {
      emulator.world.addTask({ durationMs: "never" });
    }
    emulator.world.addTask({ taskId: "t-1", durationMs: 0 });
    const source = taskApiSource(presets.dashscope, optionsOf(presets.dashscope, emulator));
    const seen = new Set<string>();
    const sizes: number[] = [];
    for (let nextToken: string | undefined = "1"; nextToken !== undefined; ) {
      const page: TaskPage | undefined = await source.list?.({ nextToken }, {});
      sizes.push(page?.tasks.length ?? 0);
      for (const { taskId } of page?.tasks ?? []) {
        seen.add(taskId);
      }
      nextToken = page?.nextToken;
    }
    expect([sizes, seen.size]).toEqual([[100, 100, 51], 251]);
    const done = await source.list?.({ taskStatus: "COMPLETE" }, {});
    expect(done?.tasks.map(({ taskId }) => taskId)).toEqual(["t-1"]);
  });
});
