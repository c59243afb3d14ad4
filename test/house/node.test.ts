import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the tests run on the Node that was asked for", () => {
  const asked = process.env["EXPECT_NODE"] ?? process.versions.node;
  expect(process.versions.node.split(".")[0]).toBe(asked.split(".")[0]);
});

it("a child process that says node gets the same Node", () => {
  const version = execFileSync("node", ["--version"], { encoding: "utf8" }).trim();
  expect(version).toBe(process.version);
});

it("the workflow runs what CI runs here, and nothing else, on each Node that README names", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
  const [, named = ""] = /^Node (.*?) are tested/m.exec(read("README.md")) ?? [];
  const workflow = read(".github/workflows/ci.yml");
  const [, nodes = ""] = /^ {8}node: \[(.*)\]$/m.exec(workflow) ?? [];
  expect(named.split(/, | and /).map((one) => one.split(".")[0])).toEqual(nodes.split(", "));
  expect(workflow.match(/\brun: .*/g)).toEqual(["run: .ci/run"]);
});
