// Installs what the benchmarks need, where it is not there yet or not what the lockfile says.
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const changedAtMs = (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (changedAtMs("node_modules/.package-lock.json") < changedAtMs("package-lock.json")) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  execFileSync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
}
