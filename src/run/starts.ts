import type { BdrcClient, CheckRulesParameters, UpdateResourcesParameters } from "../bdrc/client.ts";
import type { StartContext, TaskStart } from "./start/task-start.ts";

/**
 * A start for {@link runTask} that searches for resources again.
 *
 * Source: API BDRC 2023-08-08, UpdateResources.
 *
 * @example
 * ```ts
 * const task = await runTask(updateResources(client, { resourceType: "ACS::OSS::Bucket" }));
 * ```
 */
export function updateResources(client: BdrcClient, parameters: UpdateResourcesParameters = {}): TaskStart {
  return startOf(client, "UPDATE_RESOURCES", ({ signal }) => client.updateResources(parameters, { signal }));
}

/**
 * A start for {@link runTask} that checks a resource against one rule or all.
 *
 * Source: API BDRC 2023-08-08, CheckRules.
 */
export function checkRules(client: BdrcClient, parameters: CheckRulesParameters): TaskStart {
  return startOf(client, "CHECK_RULES", ({ signal }) => client.checkRules(parameters, { signal }));
}

// The service takes no request whose date is more than 15 minutes off; what it took last shows in the listing by then.
const LAPSES_AFTER_MS = 20 * 60_000;

function startOf(
  client: BdrcClient,
  taskType: string,
  start: (context: StartContext) => Promise<{ readonly taskId: string }>,
): TaskStart {
  return Object.assign(start, { taskType, source: client, lapsesAfterMs: LAPSES_AFTER_MS });
}
