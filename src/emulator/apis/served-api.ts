import { type CompiledApi, compileApi } from "../../apis/compile-api.ts";
import type { Example } from "../../apis/format/task-api.ts";
import { documentedLimits } from "../../apis/source-limits.ts";
import type { QuotaLimits } from "../access/quota.ts";
import type { Answer } from "../protocol/answer.ts";
import type { ApiRequest } from "../protocol/api-request.ts";
import type { Random } from "../world/random.ts";
import type { World, WorldTask } from "../world/world.ts";
import { withIds, withMissing } from "./absent-ids.ts";
import { type ApiRoute, apiRoute, takesAnyPath } from "./api-route.ts";
import { jsonAnswer } from "./json-answer.ts";
import { isFields } from "./places.ts";
import { answerFor, exampleOf } from "./shown-task.ts";

/** What a declared API is served from. */
export interface ApiWorld {
  readonly world: World;
  readonly random: Random;
}

// For a declaration without an example of it.
const ERRORS: Readonly<Record<"notFound" | "throttled" | "denied", Example>> = {
  notFound: {
    state: "notFound",
    httpStatus: 404,
    answer: { code: "NotFound", message: "There is no such task." },
  },
  throttled: {
    state: "throttled",
    httpStatus: 429,
    answer: { code: "Throttling", message: "Request was denied due to request throttling." },
  },
  denied: {
    state: "denied",
    httpStatus: 401,
    answer: { code: "Unauthorized", message: "The key is not valid." },
  },
};

/** A declared API as the emulator answers for it: with the declaration's own examples. */
export class ServedApi {
  readonly compiled: CompiledApi;
  readonly route: ApiRoute;
  /** What the declaration documents of the quota. */
  readonly limits: QuotaLimits | undefined;
  readonly #world: World;
  readonly #random: Random;

  constructor(declaration: unknown, { world, random }: ApiWorld) {
    this.compiled = compileApi(declaration);
    const { api } = this.compiled;
    this.#world = world;
    this.#random = random;
    this.route = apiRoute(
      api,
      (path, query) => world.tasks().find(({ taskId }) => isUrlOf(taskId, path, query))?.taskId,
    );
    this.limits = quotaOf(documentedLimits(api).perSecond);
  }

  get name(): string {
    return this.compiled.api.name;
  }

  /** Whether its ids are URLs, so that any path may be one. */
  get takesAnyPath(): boolean {
    return takesAnyPath(this.compiled.api.request);
  }

  /**
   * Shows tasks.
   *
   * @param taskIds - Undefined shows all that there are.
   */
  show(taskIds: readonly string[] | undefined, nowMs: number): Answer {
    const asked = taskIds ?? this.#world.tasks().map(({ taskId }) => taskId);
    const tasks = new Map(asked.map((taskId) => [taskId, this.#world.task(taskId)]));
    const found = [...tasks.values()].filter((task) => task !== undefined);
    const missing = [...tasks].filter(([, task]) => task === undefined).map(([taskId]) => taskId);
    if (found.length === 0) {
      return this.#missing(missing);
    }
    const { httpStatus, answer } = this.#shown(found, missing, nowMs);
    return jsonAnswer(httpStatus, answer);
  }

  /** The example of an error, or one that any service might give. */
  error(state: "throttled" | "denied", retryAfterMs?: number): Answer {
    const example = this.compiled.api.examples?.find((one) => one.state === state) ?? ERRORS[state];
    return this.#answer(example, example.answer, retryAfterMs);
  }

  #missing(taskIds: readonly string[]): Answer {
    const { examples = [] } = this.compiled.api;
    // A list that holds nothing says it of many; an error says it of one.
    const example =
      exampleOf(examples, ["notFound"]) ??
      examples.find(({ state }) => state === "notFound") ??
      ERRORS.notFound;
    return this.#answer(example, withIds(example.answer, taskIds));
  }

  #shown(
    found: readonly WorldTask[],
    missing: readonly string[],
    nowMs: number,
  ): { readonly httpStatus: number; readonly answer: unknown } {
    const { api, reading } = this.compiled;
    const { examples = [] } = api;
    const shown = found.map((task) => answerFor(task, examples, reading, nowMs));
    const [first] = shown;
    const { httpStatus = 200, answer } = first ?? {};
    const place = reading.at?.evaluate(answer);
    if (Array.isArray(place)) {
      place.splice(0, place.length, ...this.#shuffled(shown).flatMap(({ objects }) => objects));
      const absent = exampleOf(examples, ["notFound"])?.answer;
      return { httpStatus: 200, answer: counted(withMissing(answer, absent, missing), place.length) };
    }
    return { httpStatus, answer };
  }

  #shuffled<T>(items: readonly T[]): readonly T[] {
    return items
      .map((item) => ({ item, key: this.#random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  #answer({ httpStatus = 200 }: Example, json: unknown, retryAfterMs?: number): Answer {
    const isSigned = this.compiled.api.request.style !== "http";
    const retry =
      retryAfterMs === undefined
        ? {}
        : isSigned
          ? { "x-acs-retry-after": String(retryAfterMs) }
          : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) };
    return jsonAnswer(httpStatus, json, retry);
  }
}

function quotaOf(perSecond: number | undefined): QuotaLimits | undefined {
  if (perSecond === undefined) {
    return undefined;
  }
  return perSecond >= 1
    ? { perSecond: Math.floor(perSecond) }
    : { perSecond: 1, windowMs: Math.ceil(1000 / perSecond) };
}

function isUrlOf(taskId: string, path: string, query: ApiRequest["query"]): boolean {
  if (!URL.canParse(taskId)) {
    return false;
  }
  const { pathname, searchParams } = new URL(taskId);
  return pathname === path && JSON.stringify([...searchParams]) === JSON.stringify(query);
}

/** Says how many there are, where an answer has a field for that. */
function counted(answer: unknown, count: number): unknown {
  if (isFields(answer)) {
    for (const [key, value] of Object.entries(answer)) {
      if (/^total_?count$/i.test(key) && typeof value === "number") {
        answer[key] = count;
      }
    }
  }
  return answer;
}
