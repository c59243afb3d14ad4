import { describe, expect, test } from "vitest";
import { checkTaskApi } from "../../src/apis/check-task-api.ts";
import { compileApi } from "../../src/apis/compile-api.ts";
import { PRESET_FILES } from "../../src/apis/presets/preset-files.ts";

const COMPILED = Object.entries(PRESET_FILES).map(([name, file]) => [name, compileApi(file)] as const);
// The states of a resource: what is waited for is the caller's to say.
const RESOURCES = ["ecs-instance", "rds-instance", "ack-cluster"];

describe("each declaration that comes with the package", () => {
  test("has the name of its file", () => {
    expect(COMPILED.filter(([name, { api }]) => api.name !== name)).toEqual([]);
  });

  test("reads its own examples as what they are", () => {
    expect(Object.values(PRESET_FILES).flatMap((file) => checkTaskApi(file as object).problems)).toEqual([]);
  });

  test("has an example of each end that its words know, and of a task that is not there", () => {
    const lacking = COMPILED.flatMap(([name, { api }]) => {
      const { states } = api.task;
      const shown = new Set<string>(api.examples?.map(({ state }) => state));
      const needed = [
        "running",
        "notFound",
        "throttled",
        "denied",
        ...(RESOURCES.includes(name) ? [] : ["complete", "failed"]),
        ...(["complete", "failed", "canceled", "expired"] as const).filter(
          (state) => states[state] !== undefined,
        ),
      ] as const;
      return needed.filter((state) => !shown.has(state)).map((state) => `${name}: ${state}`);
    });
    expect(lacking).toEqual([]);
  });

  test("says which words the service has, what is documented, and what is inferred", () => {
    const lacking = COMPILED.filter(
      ([, { api }]) =>
        (api.about?.words?.length ?? 0) === 0 ||
        (api.about?.documented?.length ?? 0) === 0 ||
        (api.about?.inferred?.length ?? 0) === 0 ||
        api.examples?.some(({ source }) => source === undefined),
    );
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  test("needs until where it is about the state of a resource, and only there", () => {
    const open = COMPILED.filter(([, { api }]) => api.task.states.complete === undefined).map(
      ([name]) => name,
    );
    expect(open.sort()).toEqual([...RESOURCES].sort());
  });
});
