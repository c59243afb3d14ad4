import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";

export const root: string = join(import.meta.dirname, "../..");

const exec = promisify(execFile);

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without what an outer `npm test` or `npx -c` says of itself: it would bind an inner npm. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const own =
    /^(?:npm_(?:lifecycle|package|command|config_(?:local_prefix|prefix|call|package|yes)$)|INIT_CWD$|NODE_OPTIONS$|VITEST|NODE_ENV$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** Runs a program to its end, whatever its exit code. */
export async function run(cwd: string, program: string, ...args: string[]): Promise<Run> {
  try {
    const { stdout, stderr } = await exec(program, args, {
      cwd,
      env: plainEnvironment(),
      maxBuffer: 16 << 20,
      timeout: 300_000,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof failed.code !== "number") {
      throw error;
    }
    return { code: failed.code, stdout: failed.stdout ?? "", stderr: failed.stderr ?? "" };
  }
}

/**
 * Installs what a folder beside this file asks for, and gives a package of it that is CommonJS. The folders are their own,
 * so that `npm ci` of the package stays light. Install scripts stay off: none is needed.
 */
export async function installed(name: string): Promise<(packageName: string) => unknown> {
  const folder = join(import.meta.dirname, name);
  const { code, stderr } = await run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  if (code !== 0) {
    throw new Error(`npm ci failed in ${name}: ${stderr}`);
  }
  return createRequire(join(folder, "package.json"));
}

/** A folder that is removed after this file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "taskwait-package-"));
  // A browser's last children go on writing for a while after it has ended.
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  return folder;
}

export interface Tarball {
  readonly file: string;
  readonly paths: readonly string[];
  readonly unpackedBytes: number;
}

/** Packs what `dist/` holds. Scripts stay out of it: the run has built `dist/` afresh, and others read it now. */
export async function pack(into: string): Promise<Tarball> {
  const { code, stdout, stderr } = await run(
    root,
    "npm",
    "pack",
    "--ignore-scripts",
    "--json",
    "--pack-destination",
    into,
  );
  if (code !== 0) {
    throw new Error(`npm pack failed: ${stderr}`);
  }
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) {
    throw new Error(`npm pack named no tarball: ${stdout}`);
  }
  return {
    file: join(into, packed.filename),
    paths: packed.files.map((one) => one.path),
    unpackedBytes: packed.unpackedSize,
  };
}

/** Packs that and installs it into a project, with further packages or flags of npm. */
export async function installInto(project: string, ...more: string[]): Promise<Run> {
  const { file } = await pack(project);
  return await run(project, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...more, file);
}

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
