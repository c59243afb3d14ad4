import { compileApi } from "../../src/apis/compile-api.ts";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { type Finding, type ReadContext, readAnswer } from "../../src/apis/reader/read-answer.ts";
import { wordsUntil } from "../../src/apis/reader/words.ts";

/** What reading needs, with the faults of optional expressions collected. */
export function contextOf(
  api: TaskApi,
  until?: readonly string[],
): ReadContext & { readonly faults: string[] } {
  const { reading } = compileApi(api);
  const faults: string[] = [];
  const words = wordsUntil(reading.words, until, api.name);
  return { reading, words, onFault: (expression) => void faults.push(expression.path), faults };
}

/** What the answer says of one task. */
export function readOne(
  api: TaskApi,
  answer: unknown,
  id = "t-1",
  until?: readonly string[],
): Finding | undefined {
  return readAnswer(answer, [id], contextOf(api, until)).get(id);
}
