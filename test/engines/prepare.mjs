// Installs what the tests of the engines need, and puts the package itself among it as its users have it. Install
// scripts stay off: none of these packages needs one.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const here = import.meta.dirname;
const root = join(here, "../..");
const modules = join(here, "node_modules");
const stamp = join(modules, ".taskwait-lock");
const lock = readFileSync(join(here, "package-lock.json"), "utf8");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  // "npm ci" wants the binaries of every platform in the lockfile: package.json overrides the two packages whose newest
  // versions were released without some of them.
  const installed = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (installed.status !== 0) {
    process.exit(installed.status ?? 1);
  }
  writeFileSync(stamp, lock);
}
if (process.argv.includes("--build")) {
  const built = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], {
    cwd: root,
    stdio: "inherit",
  });
  if (built.status !== 0) {
    process.exit(built.status ?? 1);
  }
}
const copy = join(modules, "taskwait");
rmSync(copy, { recursive: true, force: true });
cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
cpSync(join(root, "package.json"), join(copy, "package.json"));
