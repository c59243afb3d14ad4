import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { refuseMistypedCommand } from "../../src/cli/flags/task-ids.ts";
import { addCheckpointFlags, addOutputFlags, addWaitFlags } from "../../src/cli/flags/wait-flags.ts";
import { TOP_HELP } from "../../src/cli/help/top-help.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { eventLine, LineReporter } from "../../src/cli/progress/line-reporter.ts";
import { ProgressState } from "../../src/cli/progress/progress-state.ts";
import { shellLine } from "../../src/cli/terminal/shell-words.ts";
import { resumeCommand } from "../../src/cli/waiting/resume-command.ts";
import type { Task, WaitEvent } from "../../src/index.ts";

const task: Task = { taskId: "t-1", taskStatus: "RUNNING", progress: 1250, percent: 12.5 };

describe("eventLine", () => {
  const view = new ProgressState(["t-1"], 1000).view("t-1");

  it("tells a change once, though status and progress change together", () => {
    const status: WaitEvent = { name: "status", payload: { taskId: "t-1", task } };
    const progress: WaitEvent = { name: "progress", payload: { taskId: "t-1", task, etaMs: 9000 } };

    expect(eventLine(status, view, 3000)).toBeUndefined();
    expect(eventLine(progress, view, 3000)).toBe("t-1 RUNNING 12.5% after 2.0 s, about 9.0 s left");
  });

  it("tells a status that changes while the progress stays", () => {
    const previous = { ...task, taskStatus: "CREATED" };

    expect(eventLine({ name: "status", payload: { taskId: "t-1", task, previous } }, view, 3000)).toMatch(
      /^t-1 RUNNING 12\.5%/,
    );
  });

  it("says how often in a row an answer was missed, and when it asks again", () => {
    const event: WaitEvent = {
      name: "retry",
      payload: { taskId: "t-1", error: new Error("read\nECONNRESET"), failures: 3, nextPollMs: 4000 },
    };

    expect(eventLine(event, view)).toBe(
      String.raw`t-1: no usable answer (3 times in a row): Error: read\u{a}ECONNRESET; asking again in 4.0 s`,
    );
  });

  it("keeps polls that change nothing to itself", () => {
    expect(eventLine({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, view)).toBeUndefined();
  });
});

describe("LineReporter", () => {
  it("tells a throttle for all waits at most every five seconds", () => {
    const lines: string[] = [];
    let nowMs = 0;
    const reporter = new LineReporter(
      new ProgressState(["t-1"], 0),
      (line) => lines.push(line),
      () => nowMs,
    );
    const event: WaitEvent = {
      name: "throttled",
      payload: { taskId: "t-1", error: new Error("slow"), nextPollMs: 500 },
    };

    for (nowMs of [0, 100, 4999, 5000, 5001]) {
      reporter.event(event, "t-1");
    }

    expect(lines).toHaveLength(2);
  });
});

describe("ProgressState", () => {
  it("forgets an expectation that is no longer given, and failures after a good answer", () => {
    const board = new ProgressState(["t-1"], 0);
    board.note({ name: "progress", payload: { taskId: "t-1", task, etaMs: 500 } }, "t-1", 100);
    expect(board.view("t-1")).toMatchObject({ expectedEndMs: 600 });
    board.note({ name: "progress", payload: { taskId: "t-1", task } }, "t-1", 200);
    expect(board.view("t-1")?.expectedEndMs).toBeUndefined();

    board.note(
      { name: "retry", payload: { taskId: "t-1", error: new Error(""), failures: 2, nextPollMs: 1 } },
      "t-1",
      300,
    );
    expect(board.view("t-1")).toMatchObject({ calls: 1, failures: 2 });
    board.note({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, "t-1", 400);
    expect(board.view("t-1")).toMatchObject({ calls: 2, failures: 0, percent: 12.5, status: "RUNNING" });
  });
});

describe("resumeCommand", () => {
  const parse = (...args: string[]): Command => {
    const command = new Command("wait").argument("[id...]");
    addCheckpointFlags(addOutputFlags(addWaitFlags(command)));
    return command.parse(args, { from: "user" });
  };

  it("repeats the flags that were given, and no default", () => {
    expect(resumeCommand(parse("t-1", "-o", "json", "-q", "--no-progress"), ["t-1"], {})).toBe(
      "taskwait wait t-1 --output json --quiet --no-progress",
    );
  });

  it("quotes what a shell would take apart", () => {
    expect(resumeCommand(parse("t-1", "--checkpoint", "it's here"), ["t-1"], {})).toBe(
      String.raw`taskwait wait t-1 --checkpoint 'it'\''s here' --resume 'it'\''s here'`,
    );
    expect(shellLine(["a b", "$(x)", "~", "ok"])).toBe("'a b' '$(x)' '~' ok");
  });

  it("begins as the command was begun", () => {
    expect(resumeCommand(parse("t-1"), ["t-1"], { npm_command: "exec" })).toBe("npx taskwait wait t-1");
  });

  it("resumes from the newer file when both are named", () => {
    expect(resumeCommand(parse("--resume", "old", "--checkpoint", "new"), ["t-1"], {})).toBe(
      "taskwait wait t-1 --checkpoint new --resume new",
    );
  });
});

describe("a word alone", () => {
  it("is taken for a mistyped command only when it can hardly be an id", () => {
    expect(() => refuseMistypedCommand(["lsit"], ["list"])).toThrow(/neither a command \(list\)/);
    for (const words of [["t-1"], ["task1"], ["a.b"], ["list", "t-1"], []]) {
      expect(() => refuseMistypedCommand(words, ["list"])).not.toThrow();
    }
  });
});

describe("the program", () => {
  it("says in --help what its text of help says", () => {
    let rendered = "";
    const program = makeProgram(() => undefined).configureOutput({
      writeOut: (text) => {
        rendered += text;
      },
      getOutHelpWidth: () => 80,
    });
    program.outputHelp();

    expect(TOP_HELP).toBe(rendered);
  });

  it("describes every command and every visible flag", () => {
    const commands = (command: Command): Command[] => [command, ...command.commands.flatMap(commands)];

    for (const command of commands(makeProgram(() => undefined))) {
      expect(command.description()).not.toBe("");
      for (const option of command.options.filter(({ hidden }) => !hidden)) {
        expect(option.description, option.flags).not.toBe("");
      }
    }
  });
});
