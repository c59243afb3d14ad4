import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, type FaultDecider, startEmulator } from "../../src/emulator/index.ts";
import type { RunCheckpoint } from "../../src/index.ts";

const entry = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) {
    await close();
  }
});

interface Result {
  readonly kind: string;
  readonly taskId: string;
  readonly checkpoint: RunCheckpoint;
}

async function setUp(durationMs: number, timeoutMs: number, faults?: FaultDecider) {
  const emulator: Emulator = await startEmulator({
    starts: { UPDATE_RESOURCES: { durationMs } },
    ...(faults === undefined ? {} : { faults }),
  });
  open.push(() => emulator.stop());
  const folder = mkdtempSync(join(tmpdir(), "taskwait-kill-"));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "run.json");
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "resumed-run.mjs")], {
      env: {
        ...process.env,
        RUN: JSON.stringify({ entry, file, client: emulator.clientOptions, timeoutMs }),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    open.push(() => child.kill("SIGKILL"));
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const kept = (): RunCheckpoint | undefined =>
    existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  return { emulator, start, kill, kept };
}

async function until(isSo: () => boolean | undefined): Promise<void> {
  for (let tries = 0; !isSo() && tries < 1000; tries++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  expect(isSo()).toBe(true);
}

async function resultOf(child: ChildProcess): Promise<Result> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "close");
  return JSON.parse(output);
}

describe("a process that is killed in mid-wait and started again from its last checkpoint", () => {
  it("ends as it would have, with one start and the original deadline", async () => {
    const { emulator, start, kill, kept } = await setUp(4000, 60_000);
    const first = start();
    await until(() => (kept()?.wait?.polls ?? 0) > 1);
    await kill(first);
    const before = kept();
    const second = start();
    await until(() => (kept()?.wait?.polls ?? 0) > (before?.wait?.polls ?? 0));
    await kill(second);
    const result = await resultOf(start());
    expect(result).toMatchObject({ kind: "complete", taskId: before?.taskId });
    expect(result.checkpoint.deadlineMs).toBe(before?.deadlineMs);
    expect(result.checkpoint.wait?.deadlineMs).toBe(before?.wait?.deadlineMs);
    expect(emulator.world.size).toBe(1);
  });

  it("finds the task whose start it did not live to see the answer of", async () => {
    // The task is there, and the answer that says so never comes.
    const { emulator, start, kill, kept } = await setUp(2000, 60_000, ({ action }) =>
      action === "UpdateResources" ? { kind: "hang", at: "headers" } : undefined,
    );
    const first = start();
    await until(() => emulator.world.size === 1 && kept()?.sentAtMs !== undefined);
    await kill(first);
    expect(kept()?.taskId).toBeUndefined();
    const result = await resultOf(start());
    expect(result.kind).toBe("complete");
    expect(emulator.world.size).toBe(1);
    expect(result.taskId).toBe(emulator.world.tasks()[0]?.taskId);
  });
});
