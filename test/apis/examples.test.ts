import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkTaskApi } from "../../src/apis/check-task-api.ts";

const folder = join(import.meta.dirname, "../../examples/apis");

test("each declaration under examples/apis reads its own examples as what they are", () => {
  const names = readdirSync(folder);
  const problems = names.flatMap(
    (name) => checkTaskApi(JSON.parse(readFileSync(join(folder, name), "utf8"))).problems,
  );
  expect(problems).toEqual([]);
  expect(names).toEqual([
    "azure-lro.json",
    "github-run.json",
    "google-operation.json",
    "k8s-job.json",
    "openai-batch.json",
    "replicate.json",
  ]);
});
