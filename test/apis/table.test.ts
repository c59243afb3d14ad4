import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileApi } from "../../src/apis/compile-api.ts";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { presets } from "../../src/apis/presets.ts";

test("the table of docs/task-apis.md is that of the declarations", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/task-apis.md"), "utf8");
  const rows = page.split("\n").filter((line) => /^\| `[a-z0-9-]+` \|.*\|.*\|.*\|.*\|$/.test(line));
  expect(rows).toEqual(Object.values(presets).map(rowOf));
});

function rowOf(api: TaskApi): string {
  const { name, request, ids, limits, task } = api;
  const operation = request.style === "http" ? request.url : `${request.action} ${request.version}`;
  const needs = [
    ...[...compileApi(api).request.setNames].map((set) => `\`--set ${set}=…\``),
    ...(task.states.complete === undefined ? ["`--until`"] : []),
  ];
  return `| \`${name}\` | ${operation} | ${needs.join(", ")} | ${ids?.max ?? ""} | ${limits?.quota ?? ""} |`;
}
