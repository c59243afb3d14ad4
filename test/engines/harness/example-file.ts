import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { eventually, type Started } from "./processes.ts";

const examples = join(import.meta.dirname, "../../../examples");
const modules = join(import.meta.dirname, "../node_modules");

/** Where a file of tests keeps its examples: among the packages that their own folders have once those are installed. */
export function examplesFolder(name: string): string {
  return join(modules, `.examples-${name}`);
}

/** A copy of an example, as it is but for its ports, which somebody may use here. */
export function exampleFile(
  folder: string,
  path: string,
  ports: Readonly<Record<string, string | number>> = {},
): string {
  let text = readFileSync(join(examples, path), "utf8");
  for (const [port, own] of Object.entries(ports)) {
    expect(text).toContain(port);
    text = text.replaceAll(port, String(own));
  }
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What an example has written once it has ended, and its exit code. */
export async function endOf(
  started: Started,
  limitMs = 20_000,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const hasEnded = async () => {
    const { exitCode, stdout, stderr } = started.child;
    expect([exitCode, stdout?.readableEnded, stderr?.readableEnded]).toEqual([
      expect.any(Number),
      true,
      true,
    ]);
  };
  await eventually(`the end of the example (${started.output()})`, hasEnded, limitMs);
  return { exitCode: started.child.exitCode as number, output: started.output() };
}
