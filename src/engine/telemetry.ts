import type * as OpenTelemetry from "@opentelemetry/api";
import type { Counter, Histogram, Span, SpanStatusCode, Tracer } from "@opentelemetry/api";
import { printable } from "../task/printable.ts";
import type { CallAnswer } from "./rate/rate-limits.ts";
import type { WaitCore } from "./wait/wait-core.ts";

type Api = typeof OpenTelemetry;

interface Instruments {
  readonly tracer: Tracer;
  readonly calls: Counter;
  readonly waits: Counter;
  readonly duration: Histogram;
  readonly lateness: Histogram;
}

// Where the API keeps what an app has registered: when there is nothing, telemetry is off.
const REGISTRY = Symbol.for("opentelemetry.js.api.1");
const NAME = "taskwait";
const MAX_TYPES = 100;
const MAX_TYPE_LENGTH = 80;
const ERROR_STATUS: SpanStatusCode.ERROR = 2;

/**
 * Tells OpenTelemetry of waits and calls, when the app has it and has registered a provider before its first
 * waiter; else every method does nothing. One span a wait, none a call.
 */
export class Telemetry {
  readonly #types = new Set<string>();
  readonly #spans = new Map<WaitCore, Span>();
  #instruments: Instruments | undefined;
  #loading: Promise<Api | undefined> | undefined;

  constructor() {
    if (!(REGISTRY in globalThis)) {
      return;
    }
    this.#loading = import(/* webpackIgnore: true */ "@opentelemetry/api").catch(() => undefined);
    void this.#loading.then((api) => {
      this.#loading = undefined;
      this.#instruments = api === undefined ? undefined : instruments(api);
    });
  }

  /** A wait begins; its span belongs to what is active where `wait` was called. */
  began(core: WaitCore): void {
    const atMs = Date.now();
    this.#tell((to) => this.#begin(to, core, atMs));
  }

  settled(core: WaitCore): void {
    const atMs = Date.now();
    this.#tell((to) => this.#end(to, core, atMs));
  }

  /** A call was answered. */
  called(answer: CallAnswer): void {
    this.#tell(({ calls }) => calls.add(1, { "taskwait.call.result": answer }));
  }

  /** The end of a task was noticed, so late. */
  noticed(latenessMs: number): void {
    this.#tell(({ lateness }) => lateness.record(latenessMs / 1000));
  }

  /** At once, or in order as soon as the API has loaded; each in the context of who tells it. */
  #tell(tell: (to: Instruments) => void): void {
    if (this.#instruments !== undefined) {
      tell(this.#instruments);
    } else {
      void this.#loading?.then(() => this.#instruments && tell(this.#instruments));
    }
  }

  #begin({ tracer }: Instruments, core: WaitCore, startTime: number): void {
    const attributes = { "taskwait.task.id": core.state.taskId };
    this.#spans.set(core, tracer.startSpan("taskwait.wait", { attributes, startTime }));
  }

  /** The types are the service's words: so many time series are made of them, and no more. */
  #boundedType(taskType: string): string {
    const type = printable(taskType, MAX_TYPE_LENGTH);
    if (this.#types.size < MAX_TYPES) {
      this.#types.add(type);
    }
    return this.#types.has(type) ? type : "other";
  }

  #end({ waits, duration }: Instruments, core: WaitCore, endTime: number): void {
    const span = this.#spans.get(core);
    const { outcome, state } = core;
    if (span === undefined || outcome === undefined) {
      return;
    }
    this.#spans.delete(core);
    const attributes = {
      "taskwait.outcome": outcome.kind,
      ...(state.task?.taskType === undefined
        ? {}
        : { "taskwait.task.type": this.#boundedType(state.task.taskType) }),
    };
    waits.add(1, attributes);
    duration.record(Math.max(0, endTime - state.startedAtMs) / 1000, attributes);
    span.setAttributes({
      ...attributes,
      "taskwait.polls": state.polls,
      "taskwait.failures": state.failures,
      ...(state.task === undefined
        ? {}
        : { "taskwait.task.status": printable(state.task.taskStatus, MAX_TYPE_LENGTH) }),
    });
    if (outcome.kind !== "complete") {
      const { error } = outcome;
      span.setAttribute("error.type", error instanceof Error ? error.name : outcome.kind);
      span.setStatus({ code: ERROR_STATUS });
    }
    span.end(endTime);
  }
}

function instruments({ trace, metrics }: Api): Instruments {
  const meter = metrics.getMeter(NAME);
  const histogram = (name: string, description: string): Histogram =>
    meter.createHistogram(name, { description, unit: "s" });
  return {
    tracer: trace.getTracer(NAME),
    calls: meter.createCounter("taskwait.calls", {
      description: "Calls that were answered.",
      unit: "{call}",
    }),
    waits: meter.createCounter("taskwait.waits", { description: "Waits that settled.", unit: "{wait}" }),
    duration: histogram("taskwait.wait.duration", "How long waits took."),
    lateness: histogram("taskwait.lateness", "From a task's end to its being noticed, estimated."),
  };
}
