import type { TaskApi } from "../../index.ts";
import { type ApiFlags, parseSet } from "../apis/api-flags.ts";
import { loadApi, loadApis } from "../apis/load-api.ts";
import { describeError } from "../errors/describe-error.ts";
import { exitCodeOfError } from "../errors/error-exit-code.ts";
import { EXIT } from "../errors/exit-code.ts";
import { clientOptionsOf } from "../flags/account.ts";
import type { AccountFlags } from "../flags/account-flags.ts";
import { printError } from "../terminal/messages.ts";
import { safeJson, safeJsonPretty } from "../terminal/safe-json.ts";
import { writeOut } from "../terminal/standard-output.ts";
import type { Interruption } from "../waiting/interruption.ts";

/** `taskwait apis`: what comes with the package. */
export async function listApis({ output }: { readonly output: "table" | "json" | "names" }): Promise<number> {
  const { presetNames, presets } = await loadApis();
  const rows = presetNames.map((name) => rowOf(presets[name]));
  if (output === "names") {
    writeOut(`${presetNames.join("\n")}\n`);
  } else if (output === "json") {
    writeOut(`${safeJsonPretty(rows)}\n`);
  } else {
    const width = Math.max(...presetNames.map((name) => name.length));
    const lines = rows.map(({ name, id, ids, quota }) => {
      const facts = [ids === undefined ? "" : `${ids} ids a call`, quota ?? ""].filter((fact) => fact !== "");
      return `${name.padEnd(width)}  ${id}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}\n`;
    });
    writeOut(lines.join(""));
  }
  return EXIT.complete;
}

function rowOf({ name, about, ids, limits, request }: TaskApi): {
  readonly name: string;
  readonly id: string;
  readonly operation: string;
  readonly ids?: number;
  readonly quota?: string;
} {
  return {
    name,
    id: about?.id ?? "",
    operation: request.style === "http" ? request.url : `${request.action} ${request.version}`,
    ...(ids === undefined ? {} : { ids: ids.max }),
    ...(limits?.quota === undefined ? {} : { quota: limits.quota }),
  };
}

/** `taskwait apis show NAME`: the declaration as JSON. */
export async function showApi(named: string): Promise<number> {
  writeOut(`${safeJsonPretty(await loadApi(named, "apis show"))}\n`);
  return EXIT.complete;
}

/** `taskwait apis check NAME|FILE`: 0 when it is right and all its examples are read as what they are. */
export async function checkApi(named: string): Promise<number> {
  const api = await loadApi(named, "apis check");
  const { checkTaskApi } = await loadApis();
  const { problems, readings, notes } = checkTaskApi(api);
  for (const problem of problems) {
    printError(problem);
  }
  for (const note of notes) {
    printError(`note: ${note}`);
  }
  if (problems.length > 0) {
    return EXIT.usage;
  }
  const examples = readings.length === 1 ? "1 example is" : `${readings.length} examples are`;
  writeOut(`${api.name}: the declaration is right, and ${examples} read as what they are\n`);
  if (api.task.states.complete === undefined) {
    writeOut(`${api.name}: it has no word for success, so a wait needs --until\n`);
  }
  return EXIT.complete;
}

/** `taskwait apis try NAME|FILE ID`: one call, and all that became of it. */
export async function tryApi(
  named: string,
  id: string,
  flags: AccountFlags & Pick<ApiFlags, "set">,
  { signal }: Interruption,
): Promise<number> {
  const api = await loadApi(named, "apis try", signal);
  const { tryTaskApi } = await loadApis();
  const attempt = await tryTaskApi(
    api,
    id,
    { ...clientOptionsOf(flags), set: parseSet(flags.set) },
    { signal },
  );
  signal.throwIfAborted();
  if (attempt.url !== "") {
    const instead = attempt.insteadOf === undefined ? "" : ` (in place of ${attempt.insteadOf})`;
    writeOut(`${attempt.method} ${attempt.url}${instead}\n\n`);
  }
  if (attempt.answer !== undefined) {
    writeOut(`answer: ${safeJsonPretty(attempt.answer)}\n\n`);
  }
  const width = Math.max(0, ...attempt.keys.map(({ key }) => key.length));
  for (const { key, expression, value, problem } of attempt.keys) {
    const gave = problem === undefined ? shown(value) : `could not be evaluated: ${problem}`;
    writeOut(`${key.padEnd(width)}  ${gave}   <- ${expression}\n`);
  }
  if (attempt.task !== undefined) {
    const { taskResult: _, result: __, ...task } = attempt.task;
    writeOut(`\nread as: ${safeJsonPretty(task)}\n`);
    if (attempt.unknownWord !== undefined) {
      const { word, nearest } = attempt.unknownWord;
      const hint = nearest === undefined ? "" : `; the nearest is ${safeJson(nearest)}`;
      printError(`warning: this word is in no state: ${safeJson(word)}${hint}`);
    }
    return EXIT.complete;
  }
  printError(describeError(attempt.error));
  return exitCodeOfError(attempt.error);
}

const MAX_SHOWN = 200;

function shown(value: unknown): string {
  if (value === undefined || value === null) {
    return "nothing";
  }
  const text = safeJson(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
