import { readFileSync } from "node:fs";

/** The version in package.json, which is two folders up from here and from `dist/chunks/`, where this is built to. */
export function readVersion(): string {
  const packageJson = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(packageJson) as { readonly version: string }).version;
}
