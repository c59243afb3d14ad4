import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { placeholdersOf } from "../../src/apis/try-task-api.ts";
import { waitForTask } from "../../src/wait/wait-for-task.ts";
import { startedEmulators } from "./started-emulators.ts";

const folder = join(import.meta.dirname, "../../examples/apis");
const APIS: readonly TaskApi[] = readdirSync(folder).map((name) =>
  defineTaskApi(JSON.parse(readFileSync(join(folder, name), "utf8")) as object),
);
// Where an id is more than a word.
const IDS: Readonly<Record<string, (id: string) => string>> = {
  "azure-lro": (id) => `https://management.azure.com/subscriptions/s/operations/${id}?api-version=2024-01-01`,
  "google-operation": (id) => `projects/p/locations/l/operations/${id}`,
};
const start = startedEmulators();

test("each declaration under examples/apis is waited for at the emulator: complete, failed, and an id that there is not", async () => {
  const told = await Promise.all(
    APIS.map(async (api) => {
      const emulator = await start({ apis: [api] });
      const idOf = IDS[api.name] ?? ((id: string) => id);
      emulator.world.addTask({ taskId: idOf("op-1"), createdMs: 5, durationMs: 20 });
      emulator.world.addTask({ taskId: idOf("op-2"), durationMs: 20, end: "FAILED" });
      const set = Object.fromEntries(placeholdersOf(api).map((name) => [name, "one"]));
      const { endpoint, apiKey } = emulator;
      const kinds = await Promise.all(
        ["op-1", "op-2", "op-3"].map(async (id) => {
          const { kind } = await waitForTask(idOf(id), {
            api,
            client: { endpoint, ...(apiKey === undefined ? {} : { apiKey }) },
            set,
            minIntervalMs: 5,
            maxIntervalMs: 50,
            notFoundGraceMs: 0,
            timeout: "30s",
          }).outcome;
          return kind;
        }),
      );
      return `${api.name}: ${kinds.join(", ")}`;
    }),
  );
  expect(told).toEqual(APIS.map(({ name }) => `${name}: complete, failed, notFound`));
});
