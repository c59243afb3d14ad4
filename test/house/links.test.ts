import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

function check(pages: Record<string, string>): { code: number | null; errors: string; summary: string } {
  const folder = mkdtempSync(join(tmpdir(), "taskwait-links-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const script = join(import.meta.dirname, "../../scripts/check-links.mjs");
  const run = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  return { code: run.status, errors: run.stderr, summary: run.stdout.trim() };
}

const PAGE = "# A page\n\n## What `code()` does, exactly\n\n## Twice\n\n## Twice\n";

describe("the link check", () => {
  it("passes links that lead to a page, a folder or a heading of it", () => {
    const link =
      "[a](docs/b.md) [b](docs/b.md#what-code-does-exactly) [c](docs/) [d](docs/b.md#twice-1) [e](#top)";
    expect(check({ "README.md": `# Top\n${link}\n`, "docs/b.md": PAGE })).toEqual({
      code: 0,
      errors: "",
      summary: "5 links checked, 0 broken",
    });
  });

  it("names the line of each that leads nowhere, and why", () => {
    const broken = [
      ["[a](docs/c.md)", "docs/c.md leads nowhere"],
      ["[a](docs/b.md#whither)", "docs/b.md#whither has no heading #whither"],
      ["[a](#below)", "#below has no heading #below"],
      ['<img alt="a" src="docs/a.png">', "docs/a.png leads nowhere"],
      ["[a]: docs/d.md", "docs/d.md leads nowhere"],
      ["[a](../../etc/)", "../../etc/ leaves the repository"],
    ] as const;
    const text = `# Top\n${broken.map(([link]) => `${link}\n`).join("")}`;
    const { code, errors } = check({ "README.md": text, "docs/b.md": PAGE });
    expect(code).toBe(1);
    const lines = broken.map(([, problem], index) => `README.md:${index + 2}: ${problem}`);
    expect(errors.trimEnd().split("\n").sort()).toEqual(lines.sort());
  });

  it("leaves code and other sites alone", () => {
    const text =
      "# Top\n```md\n[a](nowhere.md)\n```\n`[a](nowhere.md)` [b](https://example.com/nowhere.md#x)\n";
    expect(check({ "README.md": text })).toMatchObject({ code: 0, errors: "" });
  });

  it("follows a page that source code names", () => {
    const { code, errors } = check({
      "src/a.ts": "// See docs/b.md#twice and\n// docs/b.md#thrice.\n",
      "docs/b.md": PAGE,
    });
    expect(code).toBe(1);
    expect(errors).toBe("src/a.ts:2: docs/b.md#thrice has no heading #thrice\n");
  });
});
