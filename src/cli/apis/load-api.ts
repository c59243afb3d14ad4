import { existsSync, readFileSync } from "node:fs";
import type * as Apis from "../../apis/index.ts";
import type { TaskApi } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import { fileError } from "../files/file-error.ts";

/** What reads declarations, loaded with the first that is used. */
export async function loadApis(): Promise<typeof Apis> {
  return await import("../../apis/index.ts");
}

/**
 * A declaration by its name, or from a file.
 *
 * @param flag - What names it, for the error.
 * @throws {@link UsageError} when there is no such declaration, `InvalidOptionError` when it can't be used.
 */
export async function loadApi(named: string, flag: string): Promise<TaskApi> {
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
  return defineTaskApi(readDeclaration(named, flag));
}

/** The JSON of a declaration's file. @throws {@link UsageError} when it can't be read, or is no JSON. */
function readDeclaration(named: string, flag: string): object {
  let text: string;
  try {
    text = readFileSync(named, "utf8");
  } catch (error) {
    throw fileError(flag, named, `can't be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw fileError(flag, named, `is not JSON: ${(error as Error).message.slice(0, 160)}`);
  }
}
