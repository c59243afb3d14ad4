import type { CompiledApi } from "../../apis/compile-api.ts";
import { type Scalar, scalarOf } from "../../apis/expression/expression.ts";
import type { Listing } from "../../apis/format/task-api.ts";
import { type ApiRequest, parameterValue } from "../protocol/api-request.ts";
import type { World, WorldTask } from "../world/world.ts";
import { isFields, placesOf, put } from "./places.ts";
import { answerFor } from "./shown-task.ts";

const MAX_PAGE_SIZE = 100;

/**
 * A page of a declared listing: under `list.at` an object for each task, with its id and its word, and what leads to the
 * next page. No example shows one, so it holds no more than the declaration reads.
 */
export function listingPage(
  { api, reading }: CompiledApi,
  world: World,
  request: ApiRequest,
  nowMs: number,
): unknown {
  const answer: Record<string, unknown> = {};
  if (api.list === undefined || reading.list === undefined) {
    return answer;
  }
  const { at, status, next } = reading.list;
  const words = new Map<string, Scalar | undefined>();
  const wordOf = (task: WorldTask): Scalar | undefined => {
    const key = `${task.taskStatus} ${task.spec.stages?.at(-1)?.status}`;
    if (!words.has(key)) {
      const [object] = answerFor(task, api.examples ?? [], reading, nowMs).objects;
      words.set(key, isFields(object) ? scalarOf(reading.status.evaluate(object)) : undefined);
    }
    return words.get(key);
  };
  const wanted = parameterOf(request, api.list, (template) => template === "{status}");
  const tasks = world
    .tasks()
    .map((task) => ({ taskId: task.taskId, word: wordOf(task) }))
    .filter(({ word }) => wanted === undefined || String(word) === wanted);
  const size = Math.min(
    positive(parameterOf(request, api.list, (template) => /^\d+$/.test(template))) ?? MAX_PAGE_SIZE,
    MAX_PAGE_SIZE,
  );
  const page = positive(parameterValue(request, next.parameter)) ?? 1;
  const pages = Math.ceil(tasks.length / size);
  const rows = tasks.slice((page - 1) * size, page * size).map(({ taskId, word }) => {
    const row: Record<string, unknown> = {};
    put(row, placesOf(reading.id?.text ?? "")[0] ?? ["id"], taskId);
    put(row, placesOf(status.text).at(-1) ?? ["status"], word);
    return row;
  });
  put(answer, placesOf(at.text)[0] ?? ["data"], rows);
  const follow = next.isPageCount ? pages : page < pages ? String(page + 1) : undefined;
  put(answer, placesOf(next.value.text)[0] ?? ["next"], follow);
  return answer;
}

/** The value of the parameter that the declaration fills in like this. */
function parameterOf(
  request: ApiRequest,
  { parameters }: Listing,
  isIt: (template: string) => boolean,
): string | undefined {
  const [name] = Object.entries(parameters).find(([, template]) => isIt(template)) ?? [];
  return name === undefined ? undefined : parameterValue(request, name);
}

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
