import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Contestant } from "./contestant.ts";
import { cockatiel, coreLro, gax, pWaitFor, smithy } from "./others.ts";
import { taskwait } from "./ours.ts";
import { SCENARIOS, type Verdict } from "./scenarios.ts";

const CONTESTANTS: readonly (() => Contestant | Promise<Contestant>)[] = [
  () => taskwait,
  smithy,
  coreLro,
  gax,
  pWaitFor,
  cockatiel,
];

interface Result {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
}

/** Runs all scenarios on one library; a process of its own, so that what one leaves behind harms no other. */
async function runOne(index: number): Promise<Result> {
  const contestant = await (CONTESTANTS[index] as (typeof CONTESTANTS)[number])();
  const verdicts: Verdict[] = [];
  // A library that hangs must not end the process for want of anything to do.
  const alive = setInterval(() => {}, 1000);
  for (const { run } of SCENARIOS) {
    // What escapes from a library is a failure of the scenario in which it does.
    let escaped = false;
    const onEscape = () => {
      escaped = true;
    };
    process.on("uncaughtException", onEscape).on("unhandledRejection", onEscape);
    const verdict = await run(contestant);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("uncaughtException", onEscape).off("unhandledRejection", onEscape);
    verdicts.push(escaped ? false : verdict);
  }
  clearInterval(alive);
  return { name: contestant.name, verdicts };
}

function runInChild(index: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ["--one", String(index)], {
      execArgv: ["--no-warnings"],
    });
    child.on("message", (result) => resolve(result as Result));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`contestant ${index} ended with ${code}`)));
  });
}

function mark(verdict: Verdict | undefined): string {
  return verdict === null || verdict === undefined ? "-" : verdict ? "yes" : "NO";
}

function table(results: readonly Result[]): string {
  const rows = SCENARIOS.map(({ asks, reported }, row) => [
    `${asks} (${reported})`,
    ...results.map(({ verdicts }) => mark(verdicts[row])),
  ]);
  const sums = results.map(({ verdicts }) => {
    const asked = verdicts.filter((verdict) => verdict !== null);
    return `${asked.filter(Boolean).length}/${asked.length}`;
  });
  const all = [
    ["", ...results.map(({ name }) => name)],
    ["---", ...results.map(() => "---")],
    ...rows,
    ["passed", ...sums],
  ];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const { values } = parseArgs({
  options: { one: { type: "string" }, json: { type: "string" }, seed: { type: "string" } },
});

if (values.one !== undefined) {
  process.send?.(await runOne(Number(values.one)), () => process.exit(0));
} else {
  // One after another: the scenarios measure time.
  const results: Result[] = [];
  for (const index of CONTESTANTS.keys()) {
    console.error(`running ${index + 1} of ${CONTESTANTS.length}`);
    results.push(await runInChild(index));
  }
  console.log(table(results));
  console.log(`
"-" means that the library has nothing which the question could be asked of. Each library is alone, as it is
published: the acceptors that AWS generates retry on every exception, permanent ones too, and Azure's HTTP
layer retries some failures below the poller.`);
  if (values.json !== undefined) {
    const scenarios = SCENARIOS.map(({ asks, reported }) => ({ asks, reported }));
    writeFileSync(values.json, `${JSON.stringify({ scenarios, results }, null, 2)}\n`);
  }
  process.exitCode = results[0]?.verdicts.every((verdict) => verdict === true) ? 0 : 1;
}
