import type { TaskApi } from "../../src/apis/format/task-api.ts";
import type { TaskApiSourceOptions } from "../../src/apis/task-api-source.ts";
import type { Emulator } from "../../src/emulator/index.ts";
import type { TaskSpec } from "../../src/emulator/world/task-spec.ts";

/** What the placeholders of presets are set to. */
const SET: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "fc-task": { functionName: "resize" },
  "esa-purge": { siteId: "1234" },
  "hbr-backup-job": { sourceType: "ECS_FILE" },
  "hbr-restore-job": { restoreType: "ECS_FILE" },
};

/** The word that a wait on the state of a resource is for. */
export const GOALS: Readonly<Record<string, string>> = {
  "ecs-instance": "Running",
  "rds-instance": "Running",
  "ack-cluster": "running",
};

/** Options with which a preset's tasks are seen at the emulator. */
export function optionsOf({ name, request }: TaskApi, emulator: Emulator): TaskApiSourceOptions {
  const set = SET[name];
  const until = GOALS[name];
  return {
    ...(request.style === "http"
      ? { endpoint: emulator.endpoint, apiKey: emulator.apiKey ?? "" }
      : emulator.clientOptions),
    ...(set === undefined ? {} : { set }),
    ...(until === undefined ? {} : { until }),
  };
}

/** A task that ends like this; the state of a resource reaches its goal. */
export function taskOf({ name }: TaskApi, taskId: string, spec: TaskSpec): TaskSpec {
  const goal = GOALS[name];
  return goal === undefined || spec.end !== undefined
    ? { taskId, ...spec }
    : { taskId, ...spec, stages: [{ afterMs: 0, status: goal }] };
}
