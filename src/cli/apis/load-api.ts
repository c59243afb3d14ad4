import { existsSync } from "node:fs";
import type * as Apis from "../../apis/index.ts";
import { printable, type TaskApi } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";
import { readInputFile } from "../files/input-file.ts";

/** What reads declarations, loaded with the first that is used. */
export async function loadApis(): Promise<typeof Apis> {
  return await import("../../apis/index.ts");
}

/**
 * A declaration by its name, or from a file.
 *
 * @param flag - What names it, for the error.
 * @param signal - Ends the reading of a pipe.
 * @throws {@link UsageError} when there is no such declaration, `InvalidOptionError` when it can't be used.
 */
export async function loadApi(named: string, flag: string, signal?: AbortSignal): Promise<TaskApi> {
  const { defineTaskApi, nearestPreset, presets } = await loadApis();
  if (Object.hasOwn(presets, named)) {
    return presets[named as keyof typeof presets];
  }
  if (!/[./\\]/.test(named) && !existsSync(named)) {
    const near = nearestPreset(named);
    const hint = near === undefined ? "taskwait apis lists them" : `did you mean ${near}?`;
    throw new UsageError(
      `${flag} must be a declared task API or a file, got "${named.slice(0, 80)}"; ${hint}`,
    );
  }
  return defineTaskApi(await readDeclaration(named, flag, signal));
}

/** The JSON of a declaration's file. @throws {@link UsageError} when it can't be read, or is no JSON. */
async function readDeclaration(
  named: string,
  flag: string,
  signal: AbortSignal | undefined,
): Promise<object> {
  const text = await readInputFile(flag, named, signal);
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw fileError(flag, named, `is not JSON: ${whyNoJson((error as Error).message, text)}`);
  }
}

/** What JSON.parse says, with the line in place of the piece of the file, which may be a key. */
function whyNoJson(message: string, text: string): string {
  const [whole, piece = ""] = /, (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  const line = text.slice(0, text.indexOf(piece)).split("\n").length;
  return whole === undefined
    ? printable(message, 160)
    : printable(`${message.slice(0, -whole.length)} in line ${line} or the next`, 160);
}
