// Installs Stryker here, where it is not there yet or not what the lockfile says, then mutates what stryker.config.mjs
// names and fails when a file keeps more than one mutant in ten. Arguments: files to mutate instead of all.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const here = import.meta.dirname;
const root = join(here, "../..");
const MIN_SCORE = 90;

function run(program, args, cwd) {
  const { status } = spawnSync(program, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  return status ?? 1;
}

const changedAtMs = (name) => statSync(join(here, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (changedAtMs("node_modules/.package-lock.json") < changedAtMs("package-lock.json")) {
  const code = run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], here);
  if (code !== 0) {
    process.exit(code);
  }
}

// It resolves what was just installed.
const { default: config } = await import("./stryker.config.mjs");
const named = process.argv.slice(2);
const stryker = join(here, "node_modules/@stryker-mutator/core/bin/stryker.js");
const chosen = named.length > 0 ? ["--mutate", named.join()] : [];
const code = run(process.execPath, [stryker, "run", join(here, "stryker.config.mjs"), ...chosen], root);
if (code !== 0) {
  process.exit(code);
}

const { files } = JSON.parse(readFileSync(join(root, config.jsonReporter.fileName), "utf8"));
const KILLED = new Set(["Killed", "Timeout"]);
let low = 0;
for (const [file, { mutants }] of Object.entries(files)) {
  const counted = mutants.filter(
    ({ status }) => KILLED.has(status) || status === "Survived" || status === "NoCoverage",
  );
  const killed = counted.filter(({ status }) => KILLED.has(status)).length;
  const score = (100 * killed) / counted.length;
  low += score < MIN_SCORE ? 1 : 0;
  process.stdout.write(
    `${score.toFixed(0).padStart(4)} %  ${killed} of ${counted.length} mutants killed  ${file}\n`,
  );
}
if (low > 0) {
  process.stdout.write(
    `\nBelow ${MIN_SCORE} %: write a test for the behaviour that a surviving mutant changes, or delete the code that\n` +
      "nothing needs. A mutant that changes nothing is marked in the source: Stryker disable, with the reason.\n",
  );
}
process.exitCode = low > 0 ? 1 : 0;
