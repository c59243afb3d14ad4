import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { cleanEnvironment, startProcess } from "./harness/command.ts";
import { ownFolder } from "./harness/files.ts";
import { pathWithCommand } from "./harness/shell.ts";

const workflow = readFileSync(join(import.meta.dirname, "../../examples/github-actions-pair.yml"), "utf8");
const folder = ownFolder();

/** The commands of a job that call ours, in order. */
function commandsOf(job: string): readonly string[] {
  const [, text = ""] = new RegExp(`^  ${job}:\\n((?:    .*\\n|\\n)*)`, "m").exec(workflow) ?? [];
  return [...text.matchAll(/^ +run: (taskwait .*)$/gm)].map(([, command = ""]) => command);
}

/** The file that the jobs hand on. */
function artifactOf(job: string): string {
  const [, path = ""] = new RegExp(`^  ${job}:[\\s\\S]*?^ +path: (\\S+)$`, "m").exec(workflow) ?? [];
  return path;
}

describe("examples/github-actions-pair.yml", () => {
  it("starts one task in the first job; the second, on another machine, waits for it, and may run again", async () => {
    const emulator = await startEmulator({
      starts: { UPDATE_RESOURCES: { durationMs: 1500, result: { n: 1 } } },
    });
    const PATH = pathWithCommand(folder);
    const runJob = async (job: string, machine: string) => {
      const [command = ""] = commandsOf(job);
      const env = { ...cleanEnvironment(emulator.env), PATH, GITHUB_ACTIONS: "true", TASKWAIT_NOTIFY: "" };
      return await startProcess("/bin/sh", ["-ec", `cd '${join(folder, machine)}' && ${command}`], env).done;
    };
    try {
      for (const machine of ["one", "two", "three"]) {
        mkdirSync(join(folder, machine));
      }
      const handOn = (from: string, to: string): void => {
        copyFileSync(join(folder, from, artifactOf("start")), join(folder, to, artifactOf("start")));
      };
      const started = await runJob("start", "one");
      handOn("one", "two");
      handOn("one", "three");
      const waited = await runJob("wait", "two");
      const again = await runJob("wait", "three");

      expect([started.code, waited.code, again.code]).toEqual([0, 0, 0]);
      expect(emulator.world.size).toBe(1);
      for (const machine of ["two", "three"]) {
        expect(JSON.parse(readFileSync(join(folder, machine, "stock.json"), "utf8"))).toMatchObject({
          exitCode: 0,
          tasks: [{ taskId: started.stdout.trim(), outcome: "complete", task: { result: { n: 1 } } }],
        });
      }
    } finally {
      await emulator.stop();
    }
  });

  it("has one command a job", () => {
    expect(["start", "wait"].map((job) => commandsOf(job).length)).toEqual([1, 1]);
    expect(spawnSync("sh", ["-n", "-c", commandsOf("wait").join("\n")]).status).toBe(0);
  });
});
