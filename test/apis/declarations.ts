import type { TaskApi } from "../../src/apis/format/task-api.ts";

/** The smallest declaration that is one, with whatever else a test wants. */
export function declaration(changes: Partial<TaskApi> & Readonly<Record<string, unknown>> = {}): TaskApi {
  return {
    name: "video",
    request: { style: "http", url: "https://api.example.com/jobs/{id}" },
    task: { status: "state", states: { complete: ["done"], failed: ["error"], running: ["busy"] } },
    ...changes,
  };
}

/** {@link declaration} with changes of its `task`, right or wrong. */
export function readingAs(task: Readonly<Record<string, unknown>>): TaskApi {
  return declaration({ task: { ...declaration().task, ...task } });
}

/** {@link declaration} with another request. */
export function askingAs(request: Readonly<Record<string, unknown>>): TaskApi {
  return declaration({ request: request as unknown as TaskApi["request"] });
}
