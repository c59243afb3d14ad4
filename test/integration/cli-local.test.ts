import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { cleanEnvironment, MAIN, runCli, startCli, startProcess } from "./harness/command.ts";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";
import { pathWithCommand } from "./harness/shell.ts";

const runLine = commandLines();
const folder = ownFolder();
const PATH = pathWithCommand(folder);

/** Runs a shell script that finds the command on its path. */
function runScript(script: string): { readonly status: number | null; readonly stdout: string } {
  return spawnSync("sh", ["-c", script], { encoding: "utf8", env: cleanEnvironment({ PATH }) });
}

describe("taskwait emulate", () => {
  it("prints how to reach it, serves, logs, and stops at SIGINT", async () => {
    const scenario = join(folder, "scenario.json");
    writeFileSync(scenario, JSON.stringify({ tasks: [{ taskId: "t-scenario", durationMs: 300 }] }));
    const emulate = startCli(["emulate", "--scenario", scenario, "--seed", "7"], {});
    await emulate.until(/Ctrl-C stops it/);
    await emulate.until(/ALIBABA_CLOUD_ENDPOINT=/, "stdout");
    emulate.child.kill("SIGINT");
    const { code, stdout, stderr } = await emulate.done;

    expect(stdout).toMatch(/^export ALIBABA_CLOUD_ACCESS_KEY_ID=\S+$/m);
    expect(stdout).toMatch(/^export ALIBABA_CLOUD_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/m);
    expect(stderr).toMatch(
      /^taskwait: emulating BDRC at http:\/\/127\.0\.0\.1:\d+ \(seed 7\); Ctrl-C stops it$/m,
    );
    expect(code).toBe(0);
  });

  it.each([
    ["exit 0", 0],
    ["exit 3", 3],
    ["kill -TERM $$", 143],
    ['test -n "$ALIBABA_CLOUD_ENDPOINT" || exit 9; exit 4', 4],
  ])("with a command, hands on the exit code of %j", async (script, code) => {
    expect(await runCli(["emulate", "--", "sh", "-c", script])).toEqual({
      code,
      signal: null,
      stdout: "",
      stderr: "",
    });
  });

  it("with a command, sets the variables by which that finds it, over HTTPS too", async () => {
    const script = "taskwait start update-resources --quiet";
    for (const flags of ["--speed 20", "--speed 20 --tls"]) {
      const { status, stdout } = runScript(`taskwait emulate ${flags} -- sh -c '${script}'`);
      expect(stdout, flags).toMatch(/^t-\w+ COMPLETE \{"resourceCounts":[^\n]*\n$/);
      expect(status, flags).toBe(0);
    }
  });

  it.each([
    [
      [
        "ALIBABA_CLOUD_PROFILE",
        "ALIBABACLOUD_PROFILE",
        "ALICLOUD_PROFILE",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
        "ALICLOUD_ACCESS_KEY_ID",
        "TASKWAIT_PROFILE",
        "TASKWAIT_ENDPOINT",
        "TASKWAIT_REGION",
      ],
    ],
    [["ALIBABA_CLOUD_CREDENTIALS_URI"]],
  ])("with a command, leads it to the emulator whatever %j say of another account", async (names) => {
    const other = Object.fromEntries(names.map((name) => [name, "another-account"]));
    const script = `env; '${process.execPath}' '${MAIN}' list && echo listed`;
    const { code, stdout } = await runCli(["emulate", "--", "sh", "-c", script], other);

    expect(stdout).toMatch(/^listed$/m);
    expect(code).toBe(0);
    // Two that are left could hide each other's effect.
    expect(stdout.match(/^\w+(?==another-account$)/gm)?.slice(1) ?? []).toEqual([]);
  });

  it("with a command that is not there, exits as a shell does", async () => {
    const { code, stderr } = await runCli(["emulate", "--", "no-such-program"]);

    expect(stderr).toBe('taskwait: can\'t run "no-such-program" (ENOENT)\n');
    expect(code).toBe(127);
  });

  it("with a command, does not start it where the emulator can't be had", async () => {
    const emulator = await startEmulator();
    const port = new URL(emulator.endpoint).port;
    const { code, stdout } = await runLine(["emulate", "--port", port, "--", "echo", "ran"]);
    await emulator.stop();

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("hands a signal on to its command, and ends with it", async () => {
    const script = "trap 'echo stopped; exit 5' TERM; echo ready; while :; do sleep 0.1; done";
    const emulate = startCli(["emulate", "--", "sh", "-c", script], {});
    await emulate.until(/ready/, "stdout");
    emulate.child.kill("SIGTERM");

    expect(await emulate.done).toMatchObject({ code: 5, stdout: "ready\nstopped\n" });
  });

  it("is found by another command through the lines that it prints", async () => {
    const script = `
      taskwait emulate --speed 10 > '${folder}/env.sh' 2> '${folder}/log' &
      until grep -q Ctrl-C '${folder}/log'; do sleep 0.1; done
      . '${folder}/env.sh'
      taskwait start update-resources --quiet
      code=$?
      kill $!
      exit $code`;
    const { status, stdout } = runScript(script);

    expect(stdout).toMatch(/^t-\w+ COMPLETE \{"resourceCounts":/);
    expect(status).toBe(0);
  });

  it("serves HTTPS to a command that trusts the certificate through the lines that it prints", async () => {
    const script = `
      cd '${folder}'
      taskwait emulate --tls --certificate ca.pem > tls.sh 2> tls.log &
      until grep -q Ctrl-C tls.log; do sleep 0.1; done
      . ./tls.sh
      cd /
      taskwait list --output json
      code=$?
      kill $!
      exit $code`;
    const { status, stdout } = runScript(script);

    expect(readFileSync(join(folder, "tls.sh"), "utf8")).toMatch(/ALIBABA_CLOUD_ENDPOINT=https:/);
    expect(readFileSync(join(folder, "ca.pem"), "utf8")).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(JSON.parse(stdout)).toEqual([]);
    expect(status).toBe(0);
  });

  it("refuses a certificate without HTTPS, and one that it can't write, and ends", async () => {
    const file = join(folder, "no-such-folder", "ca.pem");
    const alone = await runLine(["emulate", "--certificate", file]);
    const nowhere = await runLine(["emulate", "--tls", "--certificate", file]);

    expect(alone).toMatchObject({ code: 2, stdout: "" });
    expect(alone.stderr).toMatch(/^taskwait: --certificate wants --tls/);
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    expect(nowhere.stderr).toMatch(/^taskwait: --certificate: ".*ca\.pem" can't be written \(ENOENT\)\n$/);
  });

  it("refuses a port that is taken and a scenario that is none", async () => {
    const emulator = await startEmulator();
    const port = new URL(emulator.endpoint).port;
    const taken = await runLine(["emulate", "--port", port]);
    await emulator.stop();

    expect(taken).toMatchObject({ code: 2, stderr: `taskwait: --port ${port} can't be had (EADDRINUSE)\n` });
    writeFileSync(join(folder, "bad.json"), '{"tasks":[{"durationMs":"soon"}]}');
    expect((await runLine(["emulate", "--scenario", join(folder, "bad.json")])).stderr).toMatch(
      /^taskwait: scenario\.tasks/,
    );
  });
});

describe("taskwait completion", () => {
  it.each(["bash", "zsh", "fish"])("knows every command and flag in %s", async (shell) => {
    const { stdout } = await runLine(["completion", shell]);

    for (const word of [
      "wait",
      "start",
      "update-resources",
      "check-rules",
      "list",
      "describe",
      "emulate",
      "demo",
    ]) {
      expect(stdout).toContain(word);
    }
    for (const flag of ["timeout", "wait-price", "resource-arn", "output", "jsonl"]) {
      expect(stdout).toContain(flag);
    }
    for (const flag of ["checkpoint", "resume", "scenario", "certificate"]) {
      const inFish = `-l ${flag} -r -F`;
      const inOthers = `--${flag}\\b[^)]*\\) (?:COMPREPLY=.*compgen -f|_files)`;
      expect(stdout).toMatch(new RegExp(shell === "fish" ? inFish : inOthers));
    }
    expect(stdout).not.toContain("access-key");
  });

  it.each([
    ["taskwait sta", "start"],
    ["taskwait start ", "update-resources check-rules"],
    ["taskwait start check-rules --res", "--resource-arn"],
    ["taskwait t-1 --time", "--timeout"],
    ["taskwait t-1 --output ", "text json jsonl table"],
    ["taskwait list --st", "--status"],
    ["taskwait ros-", "ros-stack:"],
    ["taskwait wait t-1 rds-", "rds-task: rds-instance:"],
    ["taskwait describe das", "dashscope: dashscope-intl:"],
    ["taskwait apis show ecs", "ecs-command ecs-instance ecs-snapshot ecs-task"],
    ["taskwait --api fc", "fc-task"],
    ["taskwait --api package.j", "package.json"],
    ["taskwait emulate --api mps", "mps-job"],
    ["taskwait emulate --certificate package.j", "package.json"],
  ])("bash completes %j", async (line, expected) => {
    const { stdout } = await runLine(["completion", "bash"]);
    const words = line.split(" ");
    const script = `${stdout}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _taskwait
      echo "\${COMPREPLY[*]}"`;
    const completed = execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split(" ");

    expect(completed).toEqual(expect.arrayContaining(expected.split(" ")));
  });

  it.each([
    ["zsh", /compadd -- [^;]*\bfc-task\b[^;]*; _files/],
    ["fish", /^complete -c taskwait -n '[^']* wait' -a ros-stack:$/m],
    ["fish", /-l api -r -F -a '[^']*\bfc-task\b/],
  ])("%s is offered the declared APIs: %s", async (shell, offer) => {
    expect((await runLine(["completion", shell])).stdout).toMatch(offer);
  });
});

describe("examples/deploy.sh", () => {
  const run = async (status: "COMPLETE" | "FAILED", env: Record<string, string> = {}, durationMs = 500) => {
    const emulator: Emulator = await startEmulator({
      starts: { UPDATE_RESOURCES: { durationMs, status, result: { resourceCounts: [] } } },
    });
    const script = join(import.meta.dirname, "../../examples/deploy.sh");
    const result = await startProcess("sh", [script], {
      ...cleanEnvironment({ ...emulator.env, ...env }),
      PATH,
    }).done;
    await emulator.stop();
    return result;
  };

  it("goes on when the task completed", async () => {
    const { code, stdout } = await run("COMPLETE");

    expect(stdout).toBe('inventory is up to date: {"resourceCounts":[]}\ndeploying\n');
    expect(code).toBe(0);
  });

  it("ends when it failed", async () => {
    const { code, stdout, stderr } = await run("FAILED");

    expect(stderr).toContain('the service could not take stock: "device not online"');
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("goes on when it takes too long, and ends when the credentials are wrong", async () => {
    const late = await run("COMPLETE", { TIMEOUT: "300ms" }, 60_000);
    const wrong = await run("COMPLETE", { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "wrong" });

    expect(late).toMatchObject({ code: 0, stdout: "deploying\n" });
    expect(wrong.code).toBe(7);
  });
});
