import { metrics, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import { type TaskSource, TaskWaiter } from "../../src/index.ts";
import { scriptedSource } from "../../src/testing/index.ts";

describe("telemetry", () => {
  afterEach(() => {
    trace.disable();
    metrics.disable();
  });

  it("gives one span a wait, and counts calls and outcomes, where the app has registered providers", async () => {
    const spans = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    );
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
    const provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);

    const source = scriptedSource({ "t-1": ["COMPLETE"], "t-2": ["FAILED"] });
    const waiter = new TaskWaiter({ source, rate: { perSecond: 1000 } });
    await Promise.all([waiter.wait("t-1").outcome, waiter.wait("t-2").outcome]);
    await reader.forceFlush();

    const finished = spans.getFinishedSpans();
    expect(finished.map(({ name }) => name)).toEqual(["taskwait.wait", "taskwait.wait"]);
    expect(finished.map(({ attributes }) => attributes["taskwait.outcome"]).sort()).toEqual([
      "complete",
      "failed",
    ]);
    expect(
      finished.find(({ attributes }) => attributes["taskwait.task.id"] === "t-2")?.attributes,
    ).toMatchObject({
      "error.type": "TaskFailedError",
      "taskwait.polls": 1,
      "taskwait.task.status": "FAILED",
    });
    const told =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const sums = Object.fromEntries(
      told
        .filter(({ descriptor }) => ["taskwait.calls", "taskwait.waits"].includes(descriptor.name))
        .map(({ descriptor, dataPoints }) => [
          descriptor.name,
          dataPoints.reduce((sum, { value }) => sum + (value as number), 0),
        ]),
    );
    // The calls were answered before the API had loaded.
    expect(sums).toEqual({ "taskwait.calls": 2, "taskwait.waits": 2 });
    await provider.shutdown();
  });

  it("makes a bounded number of time series of the service's words", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
    const provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    const source: TaskSource = {
      describe: async (taskId) => ({
        taskId,
        taskStatus: "COMPLETE",
        taskType: `${taskId}-${"x".repeat(1e5)}`,
      }),
    };
    const waiter = new TaskWaiter({ source, rate: { perSecond: 10_000 } });
    await Promise.all(Array.from({ length: 300 }, (_, index) => waiter.wait(`t-${index}`)));
    await reader.forceFlush();
    const types = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .filter(({ descriptor }) => descriptor.name === "taskwait.waits")
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes["taskwait.task.type"]));
    expect(new Set(types).size).toBe(101);
    expect(Math.max(...types.map((type) => String(type).length))).toBeLessThanOrEqual(80);
    await provider.shutdown();
  });

  it("tells nothing, and keeps nothing, where the app has registered none", async () => {
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
    const source = scriptedSource({ "t-1": ["COMPLETE"] });
    const waiter = new TaskWaiter({ source });
    await expect(waiter.wait("t-1")).resolves.toMatchObject({ taskStatus: "COMPLETE" });
  });
});
