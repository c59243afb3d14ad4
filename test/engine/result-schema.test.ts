import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { TaskGroupWait } from "../../src/engine/wait/group-wait.ts";
import {
  type TaskGroupWait as Group,
  InvalidOptionError,
  isProtocolError,
  type Outcome,
  ProtocolError,
  runTask,
  type StandardSchema,
  type Task,
  type TaskRun,
  type TaskWait,
  waitForTask,
  waitForTasks,
} from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { expectNothingLeft, flush, HOUR_MS, ID, makeWaiter, pass, record, useFakeTime } from "./fake-time.ts";

useFakeTime();

const RESULT = { snapshots: [{ id: "s-1", bytes: 7 }] };
const complete = (result: unknown) => ({ status: "COMPLETE", taskResult: JSON.stringify(result) }) as const;
const sourceOf = (result: unknown) => scriptedSource({}, { otherwise: ["RUNNING", complete(result)] });

const sizes = z.object({ snapshots: z.array(z.object({ id: z.string(), bytes: z.number() })) });

/** A schema whose answer comes when the test says. */
function slowSchema(): StandardSchema<{ readonly ok: true }> & {
  answer(result: { value: { ok: true } }): void;
} {
  let answer: (result: { value: { ok: true } }) => void = () => undefined;
  const asked = new Promise<{ value: { ok: true } }>((resolve) => {
    answer = resolve;
  });
  return {
    answer: (result) => answer(result),
    "~standard": { version: 1, vendor: "test", validate: () => asked },
  };
}

/** A schema that does so when it is asked. */
function schemaThat(validate: () => unknown): StandardSchema<unknown> {
  return { "~standard": { version: 1, vendor: "test", validate: validate as () => { value: unknown } } };
}

describe("a result that a schema reads", () => {
  it("is what the schema gives, in the promise, the outcome and the last events", async () => {
    const bytes = sizes.transform(({ snapshots }) => new Map(snapshots.map((one) => [one.id, one.bytes])));
    const wait = makeWaiter(sourceOf(RESULT)).wait(ID, { result: bytes });
    const seen = record(wait as TaskWait);
    await pass(HOUR_MS);
    const { result } = await wait;
    expect(result.get("s-1")).toBe(7);
    expect(await wait.outcome).toMatchObject({ kind: "complete", task: { result } });
    expect(seen.of("complete")).toEqual([expect.objectContaining({ result })]);
    expect(seen.names).toEqual(["poll", "status", "poll", "status", "complete", "settled"]);
    expect(wait.latest?.result).toEqual(RESULT);
  });

  it.each<[string, unknown, StandardSchema<unknown>, string]>([
    ["deep within", { snapshots: [{ id: "s-1", bytes: "7" }] }, sizes, "result.snapshots[0].bytes: "],
    ["at the top", "seven", sizes, "result: "],
    [
      "at a key that is an object, with control characters",
      1,
      schemaThat(() => ({ issues: [{ message: "no\u0007", path: [{ key: "a\n" }, 0] }] })),
      "result.a\\u{a}[0]: no\\u{7}",
    ],
    ["without an issue", 1, schemaThat(() => ({ issues: [] })), "result: no match"],
    [
      "because the schema throws",
      1,
      schemaThat(() => {
        throw new Error("no such rule");
      }),
      "result: the schema failed: no such rule",
    ],
    ["because it rejects", 1, schemaThat(() => Promise.reject(new Error("db"))), "the schema failed: db"],
    ["because it gives nothing", 1, schemaThat(() => undefined), "result: the schema failed: "],
    ["because it gives nothing later", 1, schemaThat(async () => undefined), "the schema failed: "],
  ])("that does not match %s is a ProtocolError that names the path", async (_, result, schema, path) => {
    const waiter = makeWaiter(sourceOf(result));
    const wait = waiter.wait(ID, { result: schema });
    const seen = record(wait);
    await pass(HOUR_MS);
    const error = await wait.catch((thrown: unknown) => thrown);
    expect(isProtocolError(error)).toBe(true);
    expect((error as ProtocolError).message).toContain(`the result of task ${ID} does not match: `);
    expect((error as ProtocolError).message).toContain(path);
    expect(error).toMatchObject({ taskId: ID, polls: 2, task: { taskStatus: "COMPLETE" } });
    expect(seen.names.slice(-2)).toEqual(["unreachable", "settled"]);
    expectNothingLeft(waiter);
  });

  it("may be missing, if the schema says so", async () => {
    const source = scriptedSource({ [ID]: ["COMPLETE"] });
    const waiter = makeWaiter(source);
    const waits = [waiter.wait(ID, { result: sizes.optional() }), waiter.wait(ID, { result: sizes })];
    const outcomes = Promise.all(waits.map((wait) => wait.outcome));
    await flush();
    const [without, needed] = await outcomes;
    expect(without?.kind).toBe("complete");
    expect(needed).toMatchObject({
      kind: "unreachable",
      error: { message: expect.stringContaining("result: ") },
    });
  });

  it.each<[string, (answer: { value: unknown }) => unknown]>([
    ["at once", (answer) => answer],
    ["later", async (answer) => answer],
  ])("changes nothing when the schema that reads it %s ends the wait", async (_, answering) => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const schema = schemaThat(() => {
      wait.abandon();
      return answering({ value: 7 });
    });
    const wait: TaskWait = waiter.wait(ID, { result: schema });
    const seen = record(wait);
    await pass(30_000);
    expect(seen.names.slice(-2)).toEqual(["aborted", "settled"]);
    expect(seen.outcome?.kind).toBe("aborted");
    expect((await wait.outcome).kind).toBe("aborted");
    expectNothingLeft(waiter);
  });

  it("is not asked of a task that did not complete", async () => {
    const source = scriptedSource({ [ID]: ["FAILED"] });
    const wait = makeWaiter(source).wait(ID, { result: sizes });
    const seen = record(wait as TaskWait);
    await flush();
    expect(seen.outcome?.kind).toBe("failed");
  });

  it("is each wait's own: others on the same task get it as it was sent", async () => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const [typed, plain] = [waiter.wait(ID, { result: sizes.transform(() => 1) }), waiter.wait(ID)];
    await pass(HOUR_MS);
    expect((await typed).result).toBe(1);
    expect((await plain).result).toEqual(RESULT);
  });

  it("reads the same again from the checkpoint of a wait that has settled, without a call", async () => {
    const source = sourceOf(RESULT);
    const waiter = makeWaiter(source);
    const first = waiter.wait(ID, { result: sizes });
    await pass(HOUR_MS);
    await first;
    const calls = source.calls.length;
    const resume = JSON.parse(JSON.stringify(first.checkpoint()));
    const [same, other] = [
      waiter.wait(ID, { resume, result: sizes.transform(({ snapshots }) => snapshots.length) }),
      waiter.wait(ID, { resume, result: z.string() }),
    ];
    const otherwise = other.outcome;
    await flush();
    expect((await same).result).toBe(1);
    expect((await otherwise).kind).toBe("unreachable");
    expect(source.calls).toHaveLength(calls);
  });
});

describe("a result that is read asynchronously", () => {
  it("ends the wait when it is read, and no poll is made meanwhile", async () => {
    const source = sourceOf(RESULT);
    const waiter = makeWaiter(source);
    const schema = slowSchema();
    const wait = waiter.wait(ID, { result: schema });
    const seen = record(wait as TaskWait);
    await pass(60_000);
    expect(seen.names).toEqual(["poll", "status", "poll", "status"]);
    expect(source.calls).toHaveLength(2);
    schema.answer({ value: { ok: true } });
    await flush();
    expect((await wait).result).toEqual({ ok: true });
    expect(seen.names.slice(4)).toEqual(["complete", "settled"]);
    expectNothingLeft(waiter);
  });

  it("keeps the deadline exact, and heeds an abort in the same turn", async () => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const controller = new AbortController();
    const late = record(waiter.wait(ID, { result: slowSchema(), timeoutMs: 60_000 }) as TaskWait);
    const aborted = record(
      waiter.wait("t-2", { result: slowSchema(), signal: controller.signal }) as TaskWait,
    );
    await pass(30_000);
    controller.abort(new Error("enough"));
    await flush();
    expect(aborted.outcome).toMatchObject({ kind: "aborted", error: new Error("enough") });
    await pass(30_002);
    expect(late.outcome).toMatchObject({
      kind: "timedOut",
      error: {
        message: expect.stringMatching(/: it was last seen COMPLETE, and its result was still being read$/),
      },
    });
    expect(late.settledAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(late.settledAfterMs).toBeLessThanOrEqual(60_002);
    expectNothingLeft(waiter);
  });

  it("settles once, whatever the schema says after the end", async () => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const schema = slowSchema();
    const wait = waiter.wait(ID, { result: schema });
    const seen = record(wait as TaskWait);
    await pass(30_000);
    wait.abandon();
    schema.answer({ value: { ok: true } });
    await pass(1000);
    expect(seen.names.slice(-2)).toEqual(["aborted", "settled"]);
    expect(seen.results).toHaveLength(1);
    expectNothingLeft(waiter);
  });

  it("goes on from a checkpoint of that moment with another poll", async () => {
    const source = sourceOf(RESULT);
    const waiter = makeWaiter(source);
    const first = waiter.wait(ID, { result: slowSchema() });
    const silenced = record(first as TaskWait);
    await pass(30_000);
    const resume = JSON.parse(JSON.stringify(first.checkpoint()));
    first.abandon();
    const second = waiter.wait(ID, { resume, result: sizes });
    await pass(1000);
    expect((await second).result).toEqual(RESULT);
    expect(source.calls).toHaveLength(3);
    expect(silenced.outcome?.kind).toBe("aborted");
  });

  it("is aborted, too, when the wait was resumed from its end", async () => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const first = waiter.wait(ID);
    await pass(HOUR_MS);
    await first;
    const controller = new AbortController();
    const wait = waiter.wait(ID, {
      resume: first.checkpoint(),
      result: slowSchema(),
      signal: controller.signal,
    });
    const seen = record(wait as TaskWait);
    await pass(1000);
    controller.abort();
    await flush();
    expect(seen.outcome?.kind).toBe("aborted");
    expectNothingLeft(waiter);
  });

  it("is not waited for when a wait is resumed from its end with a signal that has aborted", async () => {
    const waiter = makeWaiter(sourceOf(RESULT));
    const first = waiter.wait(ID);
    await pass(HOUR_MS);
    await first;
    const wait = waiter.wait(ID, {
      resume: first.checkpoint(),
      result: slowSchema(),
      signal: AbortSignal.abort(new Error("enough")),
    });
    const seen = record(wait as TaskWait);
    await flush();
    expect(seen.outcome).toMatchObject({ kind: "aborted", error: new Error("enough") });
    expectNothingLeft(waiter);
  });
});

describe("the option `result`", () => {
  it.each([1, {}, { "~standard": { version: 2, validate: () => ({ value: 1 }) } }, sizes.parse])(
    "refuses what is no Standard Schema, at once: %j",
    (result) => {
      const schema = result as unknown as StandardSchema<unknown>;
      const source = scriptedSource();
      const what = "result must be a Standard Schema";
      expect(() => waitForTask(ID, { source, result: schema })).toThrow(InvalidOptionError);
      expect(() => waitForTask(ID, { source, result: schema })).toThrow(what);
      expect(() => waitForTasks([ID], { source, result: schema })).toThrow(what);
      expect(() => runTask(async () => ID, { source, result: schema })).toThrow(`runTask: ${what}`);
    },
  );

  it("takes a schema that is a function, as those of arktype are", async () => {
    const schema = Object.assign(
      () => undefined,
      schemaThat(() => ({ value: 3 })),
    );
    const wait = waitForTask(ID, { source: sourceOf(RESULT), result: schema });
    await pass(HOUR_MS);
    expect((await wait).result).toBe(3);
  });

  it("holds for every attempt of a run, and every wait of a group", async () => {
    const source = sourceOf(RESULT);
    const run = runTask(async () => ({ taskId: ID }), { source, result: sizes });
    const group = waitForTasks(["t-1", "t-2"], { source, result: sizes });
    const wrong = runTask(async () => ({ taskId: "t-3" }), { source, result: z.string() });
    const wrongly = wrong.outcome;
    await pass(HOUR_MS);
    expect((await run).result.snapshots[0]?.bytes).toBe(7);
    expect((await group).map(({ result }) => result.snapshots.length)).toEqual([1, 1]);
    expect(await wrongly).toMatchObject({ kind: "unreachable", error: expect.any(ProtocolError) });
  });
});

describe("the types", () => {
  it("say what the schema's output is, and leave a wait without one as it was", () => {
    const typed = (wait: TaskWait<Task & { readonly result: number }>): void => {
      expectTypeOf<Awaited<typeof wait>["result"]>().toEqualTypeOf<number>();
      // A function that takes any wait takes this one.
      expectTypeOf(wait).toExtend<TaskWait>();
    };
    const counted = sizes.transform(({ snapshots }) => snapshots.length);
    const waiter = makeWaiter(scriptedSource());
    expectTypeOf(typed).parameter(0).toEqualTypeOf<ReturnType<typeof waiter.wait<number>>>();
    const forTask = () => waitForTask(ID, { result: counted });
    const plain = () => waitForTask(ID, { timeout: "1m" });
    const forTasks = () => waitForTasks([ID], { result: counted });
    const run = () => runTask(async () => ID, { result: counted });
    type Counted = Task & { readonly result: number };
    expectTypeOf(forTask).returns.toEqualTypeOf<TaskWait<Counted>>();
    expectTypeOf(plain).returns.toEqualTypeOf<TaskWait>();
    expectTypeOf(forTasks).returns.toEqualTypeOf<Group<Counted>>();
    expectTypeOf(run).returns.toEqualTypeOf<TaskRun<Counted>>();
    expectTypeOf<Awaited<TaskWait["outcome"]>>().toEqualTypeOf<Outcome>();
    expectTypeOf<TaskRun<Counted>>().toExtend<TaskRun>();
    const asGroup = (group: Group<Counted>): Group => group;
    expectTypeOf(asGroup).returns.toEqualTypeOf<Group>();
    expectTypeOf<Awaited<TaskWait>["result"]>().toEqualTypeOf<unknown>();
    expect(TaskGroupWait).toBeDefined();
  });
});
