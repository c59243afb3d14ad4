import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { presets } from "../../src/apis/presets.ts";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";
import { startedEmulators } from "./started-emulators.ts";

const runLine = commandLines();
const folder = ownFolder();

/** The path of a file with this text. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

// AssemblyAI's transcripts: in no file of ours, written from docs/task-apis.md and the service's own page.
const TRANSCRIPT = `{
  "name": "transcript",
  "request": { "style": "http", "url": "https://api.assemblyai.com/v2/transcript/{id}",
    "auth": { "header": "authorization", "value": "ASSEMBLYAI_API_KEY" } },
  "task": {
    "id": "id", "status": "status", "error": "error", "result": "text",
    "states": { "complete": ["completed"], "failed": ["error"], "running": ["processing"], "queued": ["queued"] }
  },
  "examples": [
    { "state": "running", "answer": { "id": "{id}", "status": "processing", "text": null } },
    { "state": "complete", "answer": { "id": "{id}", "status": "completed", "text": "Hello." } },
    { "state": "failed", "answer": { "id": "{id}", "status": "error", "error": "no audio in the file" } }
  ]
}`;
const start = startedEmulators({ apis: [JSON.parse(TRANSCRIPT) as object, presets["rds-task"]], seed: 3 });

describe("a declaration written from the docs alone", () => {
  test("has fewer than 15 lines, is right, and is waited for", async () => {
    const path = file("transcript.json", TRANSCRIPT);
    const declared = TRANSCRIPT.slice(0, TRANSCRIPT.indexOf('"examples"')).trim().split("\n");
    expect(TRANSCRIPT.split("\n").length).toBeLessThan(15);
    expect(declared.length).toBeLessThan(10);
    expect(await runLine(["apis", "check", path])).toMatchObject({
      code: 0,
      stdout: "transcript: the declaration is right, and 3 examples are read as what they are\n",
    });
    const emulator = await start();
    emulator.world.addTask({ taskId: "tr-1", durationMs: 20, result: "Good morning." });
    emulator.world.addTask({ taskId: "tr-2", durationMs: 20, end: "FAILED", errorMessage: "too long" });
    const ended = await runLine(["--api", path, "tr-1", "--output", "json"], emulator.env);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("Good morning.");
    const failed = await runLine(["--api", path, "tr-2"], emulator.env);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr).toContain("too long");
  });

  test("is shown by a call: what was asked, what was answered, what each key gave", async () => {
    const emulator = await start();
    emulator.world.addTask({ taskId: "tr-1", durationMs: "never" });
    const { code, stdout } = await runLine(
      ["apis", "try", file("transcript.json", TRANSCRIPT), "tr-1"],
      emulator.env,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^GET http:\/\/127\.0\.0\.1:\d+\/v2\/transcript\/tr-1 \(in place of https:\/\/api\.assemblyai\.com\)\n/,
    );
    expect(stdout).toMatch(/^task\.status +"processing" +<- status$/m);
    expect(stdout).toMatch(/^task\.error +nothing +<- error$/m);
    expect(stdout).toMatch(/"taskStatus": "RUNNING"/);
    expect(stdout).not.toContain(emulator.apiKey);
  });
});

describe("tasks of a declared API, named by its prefix", () => {
  test("are called as they were typed, and one wrong key is one message", async () => {
    const emulator = await start();
    const env = { ...emulator.env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "wrong" };
    const { code, stderr } = await runLine(["rds-task:1", "rds-task:2", "rds-task:3"], env);
    expect(code).toBe(7);
    expect(stderr).toMatch(/\(and 2 more tasks\)$/m);

    emulator.world.addTask({ taskId: "4", durationMs: "never" });
    const running = await runLine(["rds-task:4", "--timeout", "1s"], emulator.env);
    expect(running.stderr).toMatch(/^rds-task:4 .*RUNNING/m);
  });
});

// A mistake in that declaration → what names it.
const MISTAKES: readonly (readonly [what: string, from: string, to: string, says: RegExp])[] = [
  [
    "a mistyped key",
    '"status": "status", "error"',
    '"stauts": "status", "error"',
    /api\.task must not have the key "stauts"; did you mean "status"\?/,
  ],
  [
    "an expression that does not parse",
    '"error": "error"',
    '"error": "error["',
    /transcript: task\.error must be a JMESPath expression, got "error\["/,
  ],
  [
    "a word in two states",
    '"running": ["processing"]',
    '"running": ["completed"]',
    /task\.states has the word "completed" in both complete and running/,
  ],
  [
    "an address without the id",
    "/transcript/{id}",
    "/transcript/",
    /transcript: request must hold \{id\} somewhere/,
  ],
  [
    "the wrong field",
    '"status": "status"',
    '"status": "state"',
    /examples\[0\] \(running\).*task\.status: "state" must give a word.*got nothing/,
  ],
  [
    "a word that is not the service's",
    '"failed": ["error"]',
    '"failed": ["failed"]',
    /examples\[2\] \(failed\): was read as the unknown word "error"/,
  ],
];

describe("a planted mistake", () => {
  test.each(MISTAKES)("is named by `apis check`: %s", async (_, from, to, says) => {
    const text = TRANSCRIPT.replace(from, to);
    expect(text).not.toBe(TRANSCRIPT);
    const { code, stdout, stderr } = await runLine(["apis", "check", file("wrong.json", text)]);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("that only the service can show is named by `apis try`", async () => {
    const emulator = await start();
    emulator.world.addTask({ taskId: "tr-1", durationMs: "never" });
    const bare = { ...(JSON.parse(TRANSCRIPT) as { task: object }), examples: [] };
    const tried = async (task: object) => {
      const path = file("wrong.json", JSON.stringify({ ...bare, task: { ...bare.task, ...task } }));
      return await runLine(["apis", "try", path, "tr-1"], emulator.env);
    };
    const field = await tried({ status: "state" });
    expect(field.stdout).toMatch(/^task\.status +nothing +<- state$/m);
    expect(field.stderr).toMatch(/task\.status: "state" must give a word/);
    expect(field.code).toBe(5);
    const word = await tried({ states: { complete: ["completed"] } });
    expect(word.stdout).toMatch(/"serviceStatus": "processing"/);
    expect(word.stderr).toBe('taskwait: warning: this word is in no state: "processing"\n');
    const near = await tried({ states: { complete: ["completed"], running: ["Processing"] } });
    expect(near.stderr).toMatch(/in no state: "processing"; the nearest is "Processing"$/m);
    expect(near.code).toBe(0);
    const place = await tried({ at: "data" });
    expect(place.stdout).toMatch(/^task\.at +nothing +<- data$/m);
    expect(place.stderr).toMatch(/task\.at: "data" gives no object and no list/);
    const key = await runLine(["apis", "try", file("right.json", TRANSCRIPT), "tr-1"], {
      ...emulator.env,
      ASSEMBLYAI_API_KEY: "",
    });
    expect(key.stderr).toMatch(/transcript needs a key: set the environment variable ASSEMBLYAI_API_KEY/);
    expect(key.code).toBe(7);
  });
});

describe("the declarations that come with the package", () => {
  test("are listed, shown as JSON that can be used, and right", async () => {
    const names = Object.keys(presets);
    expect((await runLine(["apis", "list", "--output", "names"])).stdout.trim().split("\n")).toEqual(names);
    const rows = JSON.parse((await runLine(["apis", "list", "--output", "json"])).stdout) as {
      name: string;
    }[];
    expect(rows.map(({ name }) => name)).toEqual(names);
    const { stdout } = await runLine(["apis", "show", "rds-task"]);
    const { code } = await runLine(["apis", "check", file("shown.json", stdout)]);
    expect(code).toBe(0);
    expect((await runLine(["apis", "check", "ecs-instance"])).stdout).toMatch(/a wait needs --until/);
  });
});

describe("ids of declared APIs on the command line", () => {
  test.each([
    [["ros-stak:s-1"], /"ros-stak:" names no declared task API; did you mean ros-stack\?/],
    [["describe", "dashscop:x"], /did you mean dashscope\?/],
    [["--api", "rds-tsk", "x-1"], /--api must be a declared task API or a file.*did you mean rds-task\?/],
    [["fc-task:x"], /fc-task: set\.functionName is missing \(--set functionName=…\)/],
    [["fc-task:x", "--set", "functionNane=r"], /did you mean "functionName"\?/],
    [["fc-task:x", "--set", "functionName"], /--set must be name=value/],
    [
      ["rds-task:x", "dashscope:y", "--set", "zone=1"],
      /--set zone: none of the APIs named has such a placeholder/,
    ],
    [["t-1", "--set", "a=b"], /--set is for declared task APIs/],
    [["ecs-instance:i-1"], /ecs-instance has no word for success, so until must be given/],
    [
      ["ecs-instance:i-1", "--until", "Runing"],
      /"Runing" is no word of ecs-instance; did you mean "Running"\?/,
    ],
    [["ecs-instance:i-1", "--until", "Running,"], /--until must be words/],
    [["t-1", "--until", "Running"], /--until is for declared task APIs/],
  ])("%j exits 2 and says what was meant, before any call", async (args, message) => {
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret",
      ALIBABA_CLOUD_REGION_ID: "cn-hangzhou",
      DASHSCOPE_API_KEY: "key",
      ALIBABA_CLOUD_ENDPOINT: "http://127.0.0.1:1",
    };
    const { code, stdout, stderr } = await runLine(args, env);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("describe shows one by its prefix, and --api makes bare ids its own", async () => {
    const emulator = await start();
    emulator.world.addTask({ taskId: "t-1", durationMs: 0 });
    const described = await runLine(["describe", "rds-task:t-1", "--output", "json"], emulator.env);
    expect(JSON.parse(described.stdout)).toMatchObject({ taskId: "t-1", serviceStatus: "Succeed" });
    const waited = await runLine(["t-1", "--output", "json"], { ...emulator.env, TASKWAIT_API: "rds-task" });
    expect([waited.code, waited.stdout]).toEqual([0, expect.stringContaining("Succeed")]);
  });

  test("--until takes the place of the words for success, and gone is one", async () => {
    const emulator = await start({ apis: [presets["ecs-instance"]] });
    const stages = [
      { afterMs: 0, status: "Stopping" },
      { afterMs: 50, status: "Stopped" },
    ];
    emulator.world.addTask({ taskId: "i-1", durationMs: 100, stages });
    const stopped = await runLine(
      ["ecs-instance:i-1", "--until", "Stopped", "--min-interval", "10ms"],
      emulator.env,
    );
    expect(stopped.code).toBe(0);
    const missing = await runLine(["ecs-instance:i-2", "--until", "gone"], emulator.env);
    expect(missing.code).toBe(0);
  });
});
