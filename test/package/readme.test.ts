import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { plainEnvironment, root, temporaryFolder } from "./npm.ts";

const folder = temporaryFolder();

/** What a newcomer has: the files of the repository as they are now, in a folder of their own. */
const clone = join(folder, "clone");

/** Where npm puts commands that are for all of the newcomer's shells. */
const prefix = join(folder, "prefix");

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The shell blocks, in order, without those that show a file of `examples/`: these have tests of their own. */
const blocks = [...readme.matchAll(/(<!-- from \S+ -->\n)?```sh\n([\s\S]*?)```/g)]
  .filter(([, isExample]) => isExample === undefined)
  .map(([, , commands = ""]) => commands.trim());

/** This test is part of what it runs. */
const TESTS = "npm ci && npm test";

/** What a user does in a project of their own; test/package/installed.test.ts does it with the tarball. */
const INSTALL = "npm install taskwait";

/** What runs in a clone. */
const inClone = blocks.filter((block) => block !== TESTS && block !== INSTALL);

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

const TIME_LIMIT_MS = 300_000;

/** One shell for all of them, as in a newcomer's terminal, so that a block finds what the one before it has set. */
function runInOrder(commands: readonly string[]): Promise<Ran> {
  const script = commands.map((block, index) => `echo "=== block ${index}"\n${block}`).join("\n");
  const environment = Object.entries(plainEnvironment()).filter(
    ([name]) => !/^ALI(?:BABA_?)?CLOUD/.test(name),
  );
  const shell = spawn("sh", ["-e", "-c", script], {
    cwd: clone,
    env: {
      ...Object.fromEntries(environment),
      npm_config_prefix: prefix,
      PATH: `${join(prefix, "bin")}:${process.env["PATH"]}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  shell.stdout.on("data", (data: Buffer) => (output += data));
  shell.stderr.on("data", (data: Buffer) => (output += data));
  // With everything that it has started: a server in the background would outlive it.
  const timer = setTimeout(() => process.kill(-(shell.pid ?? 0), "SIGKILL"), TIME_LIMIT_MS);
  return new Promise((resolve, reject) => {
    shell.once("error", reject);
    shell.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** As `du` counts: what the disk gives, not what the files hold. */
function megabytesOf(folder: string): number {
  let blocks512 = statSync(folder).blocks;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) {
      blocks512 += statSync(join(entry.parentPath, entry.name)).blocks;
    }
  }
  return blocks512 / 2048;
}

let ran: Ran;

beforeAll(async () => {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of files.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
  ran = await runInOrder(inClone);
});

function outputOf(command: string): string {
  const index = inClone.findIndex((block) => block.includes(command));
  return ran.output.split(/^=== block \d+\n/m)[index + 1] ?? "";
}

describe("README, word for word in a clean clone", () => {
  it("has the installation and the two commands, the tests among them, which run this", () => {
    expect(blocks.slice(0, 3)).toEqual([INSTALL, "npm ci && npm run demo", TESTS]);
  });

  it("runs from its first block to its last", () => {
    expect(ran.code, ran.output).toBe(0);
    expect(ran.output.match(/^=== block/gm)).toHaveLength(inClone.length);
  });

  it("shows a task that completes", () => {
    expect(outputOf("npm run demo")).toMatch(/COMPLETE/);
  });

  it("starts a task in the emulator, waits for it and lists it", () => {
    const [id, ...lines] = outputOf("examples/wait.sh").match(/^t-\S+ +COMPLETE\b.*$/gm) ?? [];
    expect(id).toMatch(/^t-\S+ COMPLETE \{/);
    expect(lines).toEqual([expect.stringContaining("UPDATE_RESOURCES")]);
  });

  it("installs less than 250 MB", () => {
    expect(megabytesOf(join(clone, "node_modules"))).toBeLessThan(250);
  });
});
