import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll } from "vitest";

const isRoot = process.getuid?.() === 0;

/** A folder of its own for the tests of a file; it is removed after them. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "taskwait-test-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A pipe with a name. */
export function makeFifo(path: string): string {
  run("mkfifo", path);
  return path;
}

/** A folder in which nothing can be made; `undefined` where that can't be had, as for root. */
export function readOnlyFolder(path: string): string | undefined {
  mkdirSync(path);
  if (isRoot) {
    return mounted(path, "-t", "tmpfs", "-o", "ro,size=64k", "none") ? path : undefined;
  }
  chmodSync(path, 0o555);
  return path;
}

/** A disk of so many kB; `undefined` where there is no right to mount one. */
export function smallDisk(path: string, kiloBytes: number): string | undefined {
  mkdirSync(path);
  return mounted(path, "-t", "tmpfs", "-o", `size=${kiloBytes}k`, "none") ? path : undefined;
}

/** Mounts a file over another by itself, as containers do; `false` where there is no right to. */
export function bindMount(from: string, to: string): boolean {
  return mounted(to, "--bind", from);
}

function mounted(path: string, ...args: readonly string[]): boolean {
  if (!isRoot || spawnSync("mount", [...args, path]).status !== 0) {
    return false;
  }
  afterAll(() => {
    spawnSync("umount", [path]);
  });
  return true;
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`${program}: ${stderr}`);
  }
}
