import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type PageBlock, pageBlocks } from "../page-block.ts";
import { installInto, run, temporaryFolder } from "./npm.ts";

const folder = temporaryFolder();
const project = join(folder, "project");

/** Where a reader puts a block: JSON is the package's, and a test names its file. */
function fileOf({ section, language, code }: PageBlock): string {
  const [, file] = /^\/\/ (\S+)\n/.exec(code) ?? [];
  const name = language === "json" ? "package.json" : file;
  if (name === undefined) {
    throw new Error(`docs/jest.md: a block of "${section}" does not name its file`);
  }
  return name;
}

beforeAll(async () => {
  mkdirSync(project);
  for (const block of pageBlocks("jest.md")) {
    writeFileSync(join(project, fileOf(block)), block.code, { flag: "wx" });
  }
  expect(await installInto(project, "jest@30")).toMatchObject({ code: 0 });
});

describe("docs/jest.md, word for word", () => {
  it("runs the tests that the page shows, and jest ends by itself", async () => {
    // A busy machine may need more than jest's 5 s a test.
    const { code, stderr } = await run(project, "npm", "test", "--", "--testTimeout=60000");
    expect(stderr).toMatch(/Test Suites: +3 passed, 3 total\nTests: +5 passed, 5 total/);
    expect(stderr).not.toMatch(/did not exit/);
    expect(code).toBe(0);
  });

  it("says from which Node on jest can require() the package", async () => {
    writeFileSync(join(project, "require.check.cjs"), 'test("is found", () => void require("taskwait"));\n');
    const { code, stderr } = await run(project, "npm", "test", "--", "--testMatch", "**/require.check.cjs");
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major > 24 || (major === 24 && minor >= 9)) {
      expect(code, stderr).toBe(0);
    } else {
      expect(stderr).toMatch(/Must use import to load ES Module/);
    }
  });
});
