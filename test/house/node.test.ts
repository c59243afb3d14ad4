import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("the tests run on the Node that was asked for", () => {
  const asked = process.env["EXPECT_NODE"] ?? process.versions.node;
  expect(process.versions.node.split(".")[0]).toBe(asked.split(".")[0]);
});

it("a child process that says node gets the same Node", () => {
  const version = execFileSync("node", ["--version"], { encoding: "utf8" }).trim();
  expect(version).toBe(process.version);
});
