import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/durable.md"), "utf8");
const BLOCKS = [...page.matchAll(/```sh\n(npm ci\ncd examples\/.*?)```/gs)].map(([, block = ""]) =>
  block.trim().split("\n"),
);

const ENGINES = ["bullmq", "dbos", "openworkflow", "restate", "temporal"];

// Five installations at once on a busy machine took 280 s, mostly to unpack.
const INSTALL_MS = 600_000;

let clone: string;

async function inClone(folder: string, command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    cwd: join(clone, folder),
    stdio: ["ignore", "pipe", "pipe"],
    // The package is built already, as it is after the first line of each block.
    env: {
      ...process.env,
      npm_config_ignore_scripts: "true",
      npm_config_audit: "false",
      npm_config_fetch_retries: "5",
      // The installation for the tests has left most of it in the cache.
      npm_config_prefer_offline: "true",
    },
    shell: process.platform === "win32",
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { status, stdout, stderr };
}

describe("the steps of docs/durable.md, in a clone that is built", () => {
  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), "taskwait-clone-"));
    mkdirSync(join(clone, "examples"));
    for (const name of ["dist", "package.json", "docs", "README.md", "CHANGELOG.md", "LICENSE"]) {
      cpSync(join(root, name), join(clone, name), { recursive: true });
    }
    for (const name of ENGINES) {
      cpSync(join(root, "examples", name), join(clone, "examples", name), {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
    }
  });
  // As slow as to unpack.
  afterAll(() => rm(clone, { recursive: true, force: true }), INSTALL_MS);

  it("are there for each engine", () => {
    expect(BLOCKS.map(([, second]) => second).sort()).toEqual(ENGINES.map((name) => `cd examples/${name}`));
  });

  // At once: an installation mostly waits for the registry.
  it.concurrent.each(BLOCKS.map((lines) => [lines[1]?.slice("cd ".length) ?? "", lines] as const))(
    "install %s, and each file finds what it imports",
    { timeout: INSTALL_MS },
    async (folder, [, , install = "", ...steps]) => {
      const [command = "", ...args] = install.split(" ");
      const installed = await inClone(folder, command, args);
      expect([installed.status, installed.stderr]).toEqual([0, expect.any(String)]);
      const { scripts } = JSON.parse(readFileSync(join(clone, folder, "package.json"), "utf8"));
      const named = steps.flatMap((step) => /^npm run (\w+)/.exec(step)?.[1] ?? []);
      expect(named.sort()).toEqual(Object.keys(scripts).sort());
      const files = readdirSync(join(clone, folder)).filter((file) => file.endsWith(".mjs"));
      const imports = files.flatMap((file) => {
        const source = readFileSync(join(clone, folder, file), "utf8");
        return [...source.matchAll(/ from "([^.][^"]*)";/g)].map(([, name]) => name as string);
      });
      const program = [...new Set(imports)]
        .map((name) => `await import(${JSON.stringify(name)});`)
        .join("\n");
      if (steps.includes("npm run server")) {
        // npm leaves out the binary of a platform without a word when it can't be had.
        const server = await inClone(folder, "npm", ["run", "--silent", "server", "--", "--version"]);
        expect([server.status, server.stderr]).toEqual([0, expect.any(String)]);
      }
      // A file of the folder, so that it finds what the examples find.
      const found = await inClone(folder, process.execPath, ["--input-type=module", "--eval", program]);
      expect([found.status, found.stderr]).toEqual([0, ""]);
    },
  );

  it("leave nothing that a package of the clone would hold", async () => {
    const { status, stdout } = await inClone(".", "npm", ["pack", "--dry-run", "--json"]);
    expect(status).toBe(0);
    const [{ files }] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
    expect(files.map(({ path }) => path)).toContain("examples/dbos/update.mjs");
    expect(files.filter(({ path }) => path.includes("node_modules"))).toEqual([]);
  });
});
