import assert from "node:assert/strict";
import { vi } from "vitest";
import { type Outcome, type Task, TaskWaiter, waitForTasks } from "../../src/index.ts";
import { BdrcApiError } from "../../src/task/errors.ts";
import { countedSignal, type Script, scriptedSource } from "../../src/testing/index.ts";
import { flush, HOUR_MS, ID, makeWaiter, manualSource, pass, record, TICK_MS } from "./fake-time.ts";

/** A fault that users reported of another library, or that was measured of it, and how we show that we lack it. */
export interface RivalFault {
  readonly fault: string;
  /** Where it was reported, as `repository#number`, or the package on which it was measured. */
  readonly reported: string;
  run(): Promise<void>;
}

const quota = new BdrcApiError("RESOURCE_EXHAUSTED", { httpStatus: 429, apiCode: "TooManyRequests" });

async function endOf(script: Script, options: object = {}): Promise<{ outcome: Outcome; calls: number }> {
  const source = scriptedSource({ [ID]: script });
  const seen = record(makeWaiter(source).wait(ID, options));
  await pass(48 * HOUR_MS);
  assert.ok(seen.outcome, "it never settled");
  return { outcome: seen.outcome, calls: source.calls.length };
}

const quotas: RivalFault[] = [
  {
    fault: "a poll that meets the quota ends the wait though the task is fine",
    reported: "Azure/azure-cli#11891, googleapis/nodejs-video-intelligence#523",
    run: async () => {
      const { outcome } = await endOf(["RUNNING", { error: quota, times: 20 }, "COMPLETE"]);
      assert.equal(outcome.kind, "complete");
    },
  },
  {
    fault: "a 429 without Retry-After is not borne at all",
    reported: "@azure/core-lro 3.3.1",
    run: async () => assert.equal((await endOf([{ error: quota }, "COMPLETE"])).outcome.kind, "complete"),
  },
  {
    fault: "one long task costs hundreds of calls",
    reported: "googleapis/google-cloud-node#1886, Azure/azure-sdk#3841",
    run: async () => {
      const { calls } = await endOf({ durationMs: HOUR_MS });
      assert.ok(calls < 150, `${calls} calls for an hour without progress`);
      const { calls: fewer } = await endOf({
        durationMs: HOUR_MS,
        progress: (fraction) => fraction * 10_000,
      });
      assert.ok(fewer < 50, `${fewer} calls for an hour with progress`);
    },
  },
  {
    fault: "many waits at once exceed the quota, each polling alone",
    reported: "googleapis/nodejs-speech#419, aws/aws-sdk-ruby#1478, cloudtools/stacker#337",
    run: async () => {
      const source = scriptedSource({}, { otherwise: { durationMs: 20_000 } });
      const waiter = makeWaiter(source, { rate: { perSecond: 10 } });
      const seen = Array.from({ length: 50 }, (_, index) => record(waiter.wait(`t-${index}`)));
      await pass(HOUR_MS);
      assert.ok(seen.every(({ outcome }) => outcome?.kind === "complete"));
      for (const { atMs } of source.calls) {
        const within = source.calls.filter((call) => call.atMs >= atMs && call.atMs < atMs + 1000);
        assert.ok(within.length <= 12, `${within.length} calls within a second`);
      }
    },
  },
  {
    fault:
      "Retry-After of a fraction of a second is ignored, and that of one answer sticks to all later polls",
    reported: "@azure/core-lro 3.3.1",
    run: async () => {
      const source = scriptedSource({
        [ID]: ["RUNNING", { throttled: true, retryAfterMs: 90_000 }, "RUNNING", "RUNNING", "COMPLETE"],
      });
      record(makeWaiter(source).wait(ID));
      await pass(HOUR_MS);
      const [, throttled = 0, first = 0, second = 0] = source.calls.map(({ atMs }) => atMs);
      assert.ok(first - throttled >= 90_000);
      assert.ok(second - first < 90_000);
    },
  },
];

const aborts: RivalFault[] = [
  {
    fault: "a request goes out after the abort",
    reported: "aws/aws-sdk-js-v3#2319, connor4312/cockatiel#25",
    run: async () => {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      const controller = new AbortController();
      record(makeWaiter(source).wait(ID, { signal: controller.signal }));
      await pass(500);
      controller.abort();
      await pass(HOUR_MS);
      assert.equal(source.calls.length, 1);
    },
  },
  {
    fault: "a request goes out though the signal was aborted already",
    reported: "aws/aws-sdk-js-v3#2318",
    run: async () => {
      const source = scriptedSource({ [ID]: ["COMPLETE"] });
      const seen = record(makeWaiter(source).wait(ID, { signal: AbortSignal.abort() }));
      await pass(HOUR_MS);
      assert.equal(seen.outcome?.kind, "aborted");
      assert.equal(source.calls.length, 0);
    },
  },
  {
    fault: "the sleep between polls can't be interrupted: the timer keeps the process after the abort",
    reported: "@smithy/util-waiter 4.6.2, cockatiel 3.2.1, google-gax 5.0.8",
    run: async () => {
      const controller = new AbortController();
      const seen = record(
        makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID, { signal: controller.signal }),
      );
      await pass(500);
      controller.abort();
      await flush();
      assert.equal(seen.results.length, 1);
      assert.equal(vi.getTimerCount(), 0);
    },
  },
  {
    fault: "the signal does not reach the call in flight",
    reported: "openai/openai-node#2580, vercel/ai#7656, p-wait-for 6.0.0",
    run: async () => {
      const source = scriptedSource({ [ID]: ["hang"] });
      const controller = new AbortController();
      record(makeWaiter(source).wait(ID, { signal: controller.signal }));
      await flush();
      controller.abort();
      await flush();
      assert.equal(source.calls[0]?.aborted, true);
      assert.equal(source.inFlight, 0);
    },
  },
  {
    fault: "one caller's abort ends the waits of all others, and of all to come",
    reported: "@azure/core-lro 3.3.1",
    run: async () => {
      const waiter = makeWaiter(scriptedSource({ [ID]: { durationMs: 10_000 } }));
      const controller = new AbortController();
      record(waiter.wait(ID, { signal: controller.signal }));
      const other = record(waiter.wait(ID));
      await pass(1000);
      controller.abort();
      const later = record(waiter.wait(ID));
      await pass(HOUR_MS);
      assert.deepEqual([other.outcome?.kind, later.outcome?.kind], ["complete", "complete"]);
    },
  },
  {
    fault: "a second caller's signal is ignored",
    reported: "@azure/core-lro 3.3.1",
    run: async () => {
      const waiter = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] }));
      record(waiter.wait(ID));
      const controller = new AbortController();
      const second = record(waiter.wait(ID, { signal: controller.signal }));
      await pass(1000);
      controller.abort();
      await flush();
      assert.equal(second.outcome?.kind, "aborted");
      await waiter.close();
    },
  },
  {
    fault: "abort listeners pile up on the user's signal",
    reported:
      "smithy-lang/smithy-typescript#1607, IlyaGershman/easy-poll#1, sindresorhus/p-timeout#42, puppeteer/puppeteer#13256, Azure/azure-sdk-for-js#5631",
    run: async () => {
      const counted = countedSignal();
      const waiter = makeWaiter(
        scriptedSource({ "t-ok": ["RUNNING", "COMPLETE"], "t-bad": ["RUNNING", "denied"] }),
      );
      for (const id of ["t-ok", "t-bad", "t-ok", "t-bad"]) {
        const seen = record(waiter.wait(id, { signal: counted.signal }));
        await pass(60_000);
        assert.equal(seen.results.length, 1);
      }
      assert.equal(counted.mostListeners, 1);
      assert.equal(counted.listeners, 0);
    },
  },
  {
    fault: "the user's onabort handler is overwritten",
    reported: "@smithy/util-waiter 4.6.2",
    run: async () => {
      const controller = new AbortController();
      const mine = vi.fn();
      controller.signal.onabort = mine;
      record(makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID, { signal: controller.signal }));
      await flush();
      controller.abort();
      assert.equal(mine.mock.calls.length, 1);
    },
  },
  {
    fault: "there is no way to pass a signal, or to abandon one wait",
    reported: "Azure/azure-sdk-for-js#26710, scaleway/scaleway-sdk-js#3319",
    run: async () => {
      const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID);
      const seen = record(wait);
      await flush();
      wait.abandon();
      await flush();
      assert.equal(seen.outcome?.kind, "aborted");
    },
  },
];

const endings: RivalFault[] = [
  {
    fault: "the promise never settles when the operation was done already",
    reported: "googleapis/gax-nodejs#465, googleapis/nodejs-dialogflow#450",
    run: async () => {
      const { outcome, calls } = await endOf(["COMPLETE"]);
      assert.deepEqual([outcome.kind, calls], ["complete", 1]);
    },
  },
  {
    fault: "a second read of a finished operation's promise hangs forever",
    reported: "google-gax 5.0.8",
    run: async () => {
      const wait = makeWaiter(scriptedSource({ [ID]: ["COMPLETE"] })).wait(ID);
      await flush();
      assert.equal(await wait, await wait.then((task) => task));
      assert.equal((await wait.outcome).kind, "complete");
    },
  },
  {
    fault: "without a limit it waits forever",
    reported: "aws/aws-sdk-js-v3#1931, aws/aws-sdk-js-v3#6469",
    run: async () => assert.equal((await endOf(["RUNNING"])).outcome.kind, "timedOut"),
  },
  {
    fault: "the timeout comes early, by up to the longest delay",
    reported: "@smithy/util-waiter 4.6.2",
    run: async () => {
      for (const timeoutMs of [60_000, 120_000, 300_000]) {
        const seen = record(makeWaiter(scriptedSource({ [ID]: ["RUNNING"] })).wait(ID, { timeoutMs }));
        await pass(timeoutMs - 1);
        assert.equal(seen.results.length, 0, "early");
        await pass(1 + TICK_MS);
        assert.equal(seen.outcome?.kind, "timedOut");
      }
    },
  },
  {
    fault: "the timeout is not kept while a call hangs",
    reported: "@smithy/util-waiter 4.6.2, google-gax 5.0.8, p-wait-for 6.0.0",
    run: async () => {
      const seen = record(makeWaiter(scriptedSource({ [ID]: ["deaf"] })).wait(ID, { timeoutMs: 5000 }));
      await pass(5000 + TICK_MS);
      assert.equal(seen.outcome?.kind, "timedOut");
    },
  },
  {
    fault: "the timeout holds for each resource in turn, so that N of them take N times as long",
    reported: "kubernetes/kubectl#754, kubernetes/kubectl#1219",
    run: async () => {
      const waiter = makeWaiter(scriptedSource({}, { otherwise: ["RUNNING"] }));
      const group = waitForTasks(["t-1", "t-2", "t-3"], { waiter, timeout: "1m" });
      const outcomes = group.outcomes;
      await pass(60_000 + TICK_MS);
      assert.deepEqual(
        (await outcomes).map(({ kind }) => kind),
        ["timedOut", "timedOut", "timedOut"],
      );
    },
  },
  {
    fault: "it is unclear whether a timeout is of one poll or of the whole",
    reported: "Azure/azure-sdk-for-java#33446",
    run: async () => {
      const { outcome, calls } = await endOf(["hang", "hang", "COMPLETE"], {
        pollTimeout: "2s",
        timeout: "1m",
      });
      assert.deepEqual([outcome.kind, calls], ["complete", 3]);
    },
  },
  {
    fault: "a cancelled operation resolves, a failed one does not throw",
    reported: "Azure/azure-sdk-for-js#22067, Azure/azure-sdk-for-js#15189, cli/cli#3962",
    run: async () => {
      for (const status of ["CANCELED", "FAILED", "EXPIRED"]) {
        const seen = record(makeWaiter(scriptedSource({ [ID]: [status] })).wait(ID));
        await flush();
        assert.ok("reason" in (seen.results[0] ?? {}), `${status} resolved`);
      }
    },
  },
  {
    fault: "a budget that runs out counts as success",
    reported: "aws/aws-durable-execution-sdk-python#541, Azure/azure-cli#34004",
    run: async () => {
      for (const step of ["RUNNING", "unreachable", "notFound"]) {
        assert.notEqual((await endOf([step])).outcome.kind, "complete");
      }
    },
  },
  {
    fault: "a failed state is waited on until the timeout",
    reported: "aws/aws-cli#2849, kubernetes/kubectl#1629, aliyun-cli 3.4.11",
    run: async () => assert.deepEqual(await callsOf("FAILED"), ["failed", 1]),
  },
  {
    fault: "an unknown state is taken for a failure because of its name, or polled forever",
    reported: "Azure/azure-sdk-for-js#30070, @azure/core-lro 3.3.1",
    run: async () => {
      assert.equal((await endOf(["PARTIAL_FAILED", "COMPLETE"])).outcome.kind, "complete");
      assert.equal((await endOf(["PARTIAL_FAILED"])).outcome.kind, "timedOut");
    },
  },
];

async function callsOf(status: string): Promise<[string, number]> {
  const { outcome, calls } = await endOf([status]);
  return [outcome.kind, calls];
}

const errors: RivalFault[] = [
  {
    fault: "an error is lost, or becomes an uncaught exception, when there is no listener for `error`",
    reported: "Azure/azure-sdk-for-js#5637, googleapis/nodejs-speech#306, googleapis/nodejs-speech#425",
    run: async () => {
      const wait = makeWaiter(scriptedSource({ [ID]: ["denied"] })).wait(ID);
      const outcome = wait.outcome;
      await flush();
      assert.equal((await outcome).kind, "denied");
      await assert.rejects(wait, { code: "ACCESS_DENIED" });
    },
  },
  {
    fault: "permission and validation errors are retried until the timeout",
    reported: "aws/aws-sdk-js-v3#2091, aws/aws-sdk-js-v3#6699",
    run: async () => {
      const forbidden = new BdrcApiError("NoPermission", { httpStatus: 403, apiCode: "NoPermission" });
      const invalid = new BdrcApiError("InvalidParameter", { httpStatus: 400, apiCode: "InvalidParameter" });
      assert.equal((await endOf([{ error: forbidden }])).calls, 1);
      assert.equal((await endOf([{ error: invalid }])).calls, 1);
    },
  },
  {
    fault: "one passing error ends the wait",
    reported:
      "cli/cli#10981, ChilliCream/graphql-platform#10220, cri-o/packaging#90, Azure/azure-sdk-for-js#24566",
    run: async () => {
      const bad = new BdrcApiError("bad gateway", { httpStatus: 502, apiCode: "" });
      assert.equal((await endOf(["RUNNING", { error: bad }, "COMPLETE"])).outcome.kind, "complete");
    },
  },
  {
    fault: "a call that failed leaves a promise that hangs forever",
    reported: "google-gax 5.0.8",
    run: async () => {
      const source = scriptedSource({ [ID]: ["denied", "COMPLETE"] });
      const waiter = makeWaiter(source);
      const first = record(waiter.wait(ID));
      await flush();
      const second = record(waiter.wait(ID));
      await flush();
      assert.deepEqual([first.outcome?.kind, second.outcome?.kind], ["denied", "complete"]);
    },
  },
  {
    fault: "what is not created yet fails at once",
    reported:
      "kubernetes/kubernetes#75227, kubernetes/kubernetes#83242, kubernetes/kubectl#665, cli/cli#5637",
    run: async () => {
      const late = ({ atMs }: { atMs: number }) => (atMs < 15_000 ? "notFound" : "COMPLETE");
      assert.equal((await endOf(late)).outcome.kind, "complete");
    },
  },
  {
    fault: "what flaps just after its creation fails",
    reported: "hashicorp/terraform#4447",
    run: async () => {
      const flapping = ["RUNNING", "notFound", "RUNNING", "notFound", "notFound", "COMPLETE"] as const;
      assert.equal((await endOf(flapping)).outcome.kind, "complete");
    },
  },
  {
    fault: "the error says nothing, or is JSON in a message",
    reported: "Azure/azure-sdk-for-js#25500, aws/aws-sdk-js-v3#6699",
    run: async () => {
      const { outcome } = await endOf([
        { status: "FAILED", taskType: "CHECK_RULES", errorMessage: "the vault is full" },
      ]);
      const { error } = outcome as { error: Error & { code: string; taskId: string } };
      assert.match(error.message, /CHECK_RULES.*failed.*the vault is full/);
      assert.doesNotMatch(error.message, /[{}]/);
      assert.deepEqual([error.name, error.code, error.taskId], ["TaskFailedError", "TASK_FAILED", ID]);
    },
  },
  {
    fault: "a message with a strange value crashes the waiter",
    reported: "smithy-lang/smithy-typescript#2011",
    run: async () => {
      const circular: Record<string, unknown> = {};
      circular["self"] = circular;
      const strange = [circular, Symbol("s"), 10n, null, Object.create(null), () => {}];
      const steps = strange.map((error) => ({ error }));
      assert.equal((await endOf([...steps, "COMPLETE"], { outageBudget: "1h" })).outcome.kind, "complete");
    },
  },
];

const uses: RivalFault[] = [
  {
    fault: "interval and timeout can't be chosen",
    reported:
      "aws/aws-cli#1295, aws/aws-cli#3457, googleapis/nodejs-bigquery#13, firebase/firebase-tools#3687, firebase/firebase-tools#3148",
    run: async () => {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      record(makeWaiter(source).wait(ID, { minInterval: "30s", maxInterval: "30s", timeout: "10m" }));
      await pass(HOUR_MS);
      assert.ok(source.calls.length >= 20 && source.calls.length <= 22, `${source.calls.length} calls`);
    },
  },
  {
    fault: "the first poll is delayed",
    reported: "aws/aws-sdk-js-v3#1909",
    run: async () => {
      const source = scriptedSource({ [ID]: ["RUNNING"] });
      record(makeWaiter(source).wait(ID));
      await flush();
      assert.equal(source.calls[0]?.atMs, 0);
    },
  },
  {
    fault: "progress can't be heard while it waits",
    reported: "boto/botocore#2058, boto/boto3#2015, firebase/firebase-tools#3046, googleapis/gax-nodejs#51",
    run: async () => {
      const steps = [1000, 1000, 5000].map((progress) => ({ status: "RUNNING", progress }));
      const seen = record(makeWaiter(scriptedSource({ [ID]: [...steps, "COMPLETE"] })).wait(ID));
      await pass(HOUR_MS);
      assert.equal(seen.of("progress").length, 2);
    },
  },
  {
    fault: "a callback that throws ends the wait",
    reported: "@azure/core-lro 3.3.1, cockatiel 3.2.1",
    run: async () => {
      const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING", "COMPLETE"] })).wait(ID);
      wait.on("poll", () => {
        throw new Error("mine");
      });
      await pass(HOUR_MS);
      assert.equal((await wait).taskStatus, "COMPLETE");
      warn.mockRestore();
    },
  },
  {
    fault: "a callback that throws makes the call be repeated",
    reported: "cockatiel 3.2.1",
    run: async () => {
      const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      const source = scriptedSource({ [ID]: ["COMPLETE"] });
      const wait = makeWaiter(source).wait(ID);
      wait.on("complete", () => {
        throw new Error("mine");
      });
      await pass(HOUR_MS);
      assert.equal(source.calls.length, 1);
      warn.mockRestore();
    },
  },
  {
    fault: "code that waits can't be tested, or only by waiting",
    reported: "aws/aws-sdk-js-v3#2215, m-radzikowski/aws-sdk-client-mock#12, dwyl/aws-sdk-mock#173",
    run: async () => {
      const { outcome } = await endOf({
        durationMs: 20 * HOUR_MS,
        progress: (fraction) => fraction * 10_000,
      });
      assert.equal(outcome.kind, "complete");
    },
  },
  {
    fault: "a wait can't go on in another process",
    reported: "Azure/azure-sdk-for-js#11183, Azure/autorest.csharp#2158, Azure/azure-sdk-for-rust#2758",
    run: async () => {
      const source = scriptedSource({ [ID]: { durationMs: 600_000 } });
      const wait = makeWaiter(source).wait(ID);
      record(wait);
      await pass(60_000);
      const text = JSON.stringify(wait.checkpoint());
      wait.abandon();
      const seen = record(new TaskWaiter({ source }).wait(ID, { resume: JSON.parse(text) }));
      await pass(HOUR_MS);
      assert.equal(seen.outcome?.kind, "complete");
    },
  },
  {
    fault: "a passing error is saved in the token, so that the resumed wait has failed forever",
    reported: "@azure/core-lro 3.3.1",
    run: async () => {
      const source = scriptedSource({ [ID]: ["RUNNING", "unreachable", "COMPLETE"] });
      const wait = makeWaiter(source).wait(ID);
      record(wait);
      await pass(2500);
      const resume = JSON.parse(JSON.stringify(wait.checkpoint()));
      assert.equal(resume.failures, 1);
      wait.abandon();
      const seen = record(makeWaiter(source).wait(ID, { resume }));
      await pass(HOUR_MS);
      assert.equal(seen.outcome?.kind, "complete");
    },
  },
  {
    fault: "listeners on the operation accumulate with each promise",
    reported: "google-gax 5.0.8",
    run: async () => {
      const warn = vi.spyOn(process, "emitWarning");
      const wait = makeWaiter(scriptedSource({ [ID]: ["RUNNING", "COMPLETE"] })).wait(ID);
      const all = Array.from({ length: 50 }, () => Promise.all([wait.outcome, wait.then((task) => task)]));
      await pass(HOUR_MS);
      await Promise.all(all);
      assert.equal(warn.mock.calls.length, 0);
      warn.mockRestore();
    },
  },
  {
    fault: "returning the wait from an async function changes what it is",
    reported: "@azure/core-lro 3.3.1",
    run: async () => {
      const source = manualSource();
      const start = async (): Promise<Task> => makeWaiter(source).wait(ID);
      const started = start();
      await flush();
      source.calls[0]?.answer({ taskId: ID, taskStatus: "COMPLETE" });
      assert.equal((await started).taskStatus, "COMPLETE");
    },
  },
];

/** All of them, by what they are about. */
export const RIVAL_FAULTS: Readonly<Record<string, readonly RivalFault[]>> = {
  quotas,
  aborts,
  endings,
  errors,
  uses,
};
