// Installs Stryker here, where it is not there yet or not what the lockfile says, then mutates each file of mutated.mjs
// and fails when a file keeps more than one mutant in ten. Those that equivalent.md lists do not count; a row that no
// surviving mutant needs is a fault, too. Arguments: files to mutate instead of all.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { equivalents, keyOf } from "./equivalent.mjs";
import { MUTATED } from "./mutated.mjs";

const here = import.meta.dirname;
const root = join(here, "../..");
const MIN_SCORE = 90;
const KILLED = new Set(["Killed", "Timeout"]);
const ALIVE = new Set(["Survived", "NoCoverage"]);

function run(program, args, cwd, env = {}) {
  const shell = process.platform === "win32";
  const { status } = spawnSync(program, args, {
    cwd,
    stdio: "inherit",
    shell,
    env: { ...process.env, ...env },
  });
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
const stryker = join(here, "node_modules/@stryker-mutator/core/bin/stryker.js");

/** The mutants of a file, each with its status; or undefined where Stryker failed. */
function mutate(file) {
  const args = [stryker, "run", join(here, "stryker.config.mjs"), "--mutate", file];
  if (run(process.execPath, args, root, { TASKWAIT_MUTANT_TESTS: MUTATED[file].join() }) !== 0) {
    return undefined;
  }
  const report = JSON.parse(readFileSync(join(root, config.jsonReporter.fileName), "utf8"));
  const { source, mutants } = report.files[file];
  return mutants.map((mutant) => ({ status: mutant.status, key: keyOf(file, source, mutant) }));
}

const named = process.argv.slice(2);
const unknown = named.filter((file) => !(file in MUTATED));
if (unknown.length > 0) {
  process.stderr.write(`mutated.mjs has no tests for ${unknown.join(", ")}\n`);
  process.exit(2);
}

// A name that is not there would only make fewer tests run.
const missing = Object.entries(MUTATED)
  .flatMap(([file, names]) => [file, ...names])
  .filter((name) => !existsSync(join(root, name)));
if (missing.length > 0) {
  process.stderr.write(`mutated.mjs names files that are not there: ${missing.join(", ")}\n`);
  process.exit(2);
}

const rows = equivalents();
const lines = [];
const stale = [];
let low = 0;
for (const file of named.length > 0 ? named : Object.keys(MUTATED)) {
  const mutants = mutate(file);
  if (mutants === undefined) {
    process.exit(1);
  }
  const alive = new Set(mutants.filter(({ status }) => ALIVE.has(status)).map(({ key }) => key));
  const listed = rows.filter((row) => row.file === file);
  const keys = new Set(listed.map(({ key }) => key));
  stale.push(...listed.filter(({ key }) => !alive.has(key)));
  const counted = mutants.filter(
    ({ status, key }) => KILLED.has(status) || (ALIVE.has(status) && !keys.has(key)),
  );
  const killed = counted.filter(({ status }) => KILLED.has(status)).length;
  const score = (100 * killed) / counted.length;
  low += score < MIN_SCORE ? 1 : 0;
  const share = `${(Math.floor(score * 10) / 10).toFixed(1).padStart(5)} %`;
  lines.push(`${share}  ${killed} of ${counted.length} killed, ${listed.length} equivalent  ${file}`);
}
process.stdout.write(`\n${lines.join("\n")}\n`);
if (low > 0) {
  process.stdout.write(
    `\nBelow ${MIN_SCORE} %: write a test for the behaviour that a surviving mutant changes, or delete the code that\n` +
      "nothing needs. A mutant that changes nothing gets a row in test/mutants/equivalent.md.\n",
  );
}
if (stale.length > 0) {
  const told = stale.map(
    ({ file, mutator, original, becomes }) => `${file}: ${mutator}, ${original} → ${becomes}`,
  );
  process.stdout.write(
    `\nNo surviving mutant needs these rows of test/mutants/equivalent.md:\n${told.join("\n")}\n`,
  );
}
process.exitCode = low > 0 || stale.length > 0 ? 1 : 0;
