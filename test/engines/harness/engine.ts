import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

/**
 * Whether to run the tests of an engine. Where it is missing they are skipped, with a message; in CI that is a
 * failure.
 */
export function isThere(engine: string, found: string | undefined, remedy: string): found is string {
  if (found !== undefined) {
    return true;
  }
  const message = `${engine} is not installed: ${remedy}`;
  if (process.env["CI"] === "true") {
    throw new Error(message);
  }
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** The path of a program. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  for (const folder of folders) {
    if (existsSync(`${folder}/${name}`)) {
      return `${folder}/${name}`;
    }
  }
  try {
    return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The server's own binary: a kill of npm's wrapper would leave it behind. */
export function findRestate(): string | undefined {
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  const system = process.platform === "darwin" ? "darwin" : "linux";
  try {
    const require = createRequire(import.meta.url);
    const path = require.resolve(`@restatedev/restate-server-${system}-${arch}/package.json`);
    const binary = path.replace(/package\.json$/, "bin/restate-server");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
