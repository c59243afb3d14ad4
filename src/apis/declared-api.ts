import { DECLARED_API, type DeclaredApi } from "../task/declared-api.ts";
import { compileApi } from "./compile-api.ts";
import type { TaskApi } from "./format/task-api.ts";
import { type TaskApiSourceOptions, taskApiSource } from "./task-api-source.ts";

/**
 * Checks a declaration of a task API whole: its keys, expressions, words and placeholders.
 *
 * @param declaration - Plain JSON of the form {@link TaskApi}.
 * @returns A frozen copy, for `api` of `waitForTask` and for {@link taskApiSource}.
 * @throws `InvalidOptionError` naming the path of what is wrong.
 *
 * @example
 * ```ts
 * const video = defineTaskApi({
 *   name: "video",
 *   request: { style: "http", url: "https://api.example.com/jobs/{id}", auth: { bearer: "VIDEO_KEY" } },
 *   task: { status: "state", states: { complete: ["done"], failed: ["error"], running: ["busy"] } },
 * });
 * const task = await waitForTask("job-1", { api: video });
 * ```
 */
export function defineTaskApi(declaration: TaskApi | object): TaskApi {
  const { api } = compileApi(declaration);
  return Object.isFrozen(api) ? api : declared(api);
}

/** Gives a declaration the way to its tasks, without compiling it yet. */
export function declared(api: TaskApi): TaskApi {
  const way: DeclaredApi<TaskApiSourceOptions> = {
    get identity() {
      return { name: api.name, digest: compileApi(api).digest };
    },
    source: (options) => taskApiSource(api, options),
  };
  return Object.freeze(Object.defineProperty(api, DECLARED_API, { value: way }));
}
