import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addHookFlags } from "../../src/cli/flags/hook-flags.ts";
import { refuseMistypedCommand } from "../../src/cli/flags/task-ids.ts";
import { addCheckpointFlags, addOutputFlags, addWaitFlags } from "../../src/cli/flags/wait-flags.ts";
import { TOP_HELP } from "../../src/cli/help/top-help.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { CallCount } from "../../src/cli/progress/call-count.ts";
import { eventLine, LineReporter } from "../../src/cli/progress/line-reporter.ts";
import { ProgressState } from "../../src/cli/progress/progress-state.ts";
import { shellLine } from "../../src/cli/terminal/shell-words.ts";
import { resumeCommand, whatIsLeftOut } from "../../src/cli/waiting/resume-command.ts";
import type { Task, WaitEvent } from "../../src/index.ts";

const task: Task = { taskId: "t-1", taskStatus: "RUNNING", progress: 1250, percent: 12.5 };

describe("eventLine", () => {
  const view = new ProgressState(["t-1"], 1000, new CallCount()).view("t-1");

  it("tells a change of status, with how far it is", () => {
    const previous = { ...task, taskStatus: "CREATED" };
    const status: WaitEvent = { name: "status", payload: { taskId: "t-1", task, previous } };

    expect(eventLine(status, view, 3000)).toBe("t-1 RUNNING 12.5% after 2.0 s");
  });

  it("keeps progress and polls that change nothing to itself", () => {
    expect(
      eventLine({ name: "progress", payload: { taskId: "t-1", task, etaMs: 9000 } }, view),
    ).toBeUndefined();
    expect(eventLine({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, view)).toBeUndefined();
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
});

describe("LineReporter", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const open = (ids: readonly string[]) => {
    const lines: string[] = [];
    const state = new ProgressState(ids, performance.now(), new CallCount());
    const reporter = new LineReporter(
      state,
      (line) => lines.push(line),
      () => performance.now(),
      30_000,
    );
    const tell = (event: WaitEvent, taskId: string): void => {
      state.note(event, taskId, performance.now());
      reporter.event(event, taskId);
    };
    return { lines, reporter, tell };
  };

  it("tells trouble that many waits share once an interval, whatever ids its messages hold", () => {
    const { lines, reporter, tell } = open(["t-1", "t-2"]);
    let calls = 0;
    const error = (taskId: string, what: string): Error => {
      calls += 1;
      return new Error(`DescribeTask of "${taskId}" failed: ${what} (HTTP 400, request 7B3-${calls})`);
    };
    const throttled = (taskId: string): WaitEvent => ({
      name: "throttled",
      payload: { taskId, error: error(taskId, "slow"), nextPollMs: 500 },
    });
    const failed = (taskId: string): WaitEvent => ({
      name: "retry",
      payload: { taskId, error: error(taskId, "no route"), failures: 1, nextPollMs: 500 },
    });
    for (let round = 0; round < 3; round += 1) {
      tell(throttled("t-1"), "t-1");
      tell(throttled("t-2"), "t-2");
      tell(failed("t-1"), "t-1");
      tell(failed("t-2"), "t-2");
      vi.advanceTimersByTime(9000);
    }
    expect(lines).toHaveLength(2);

    vi.advanceTimersByTime(3000);
    tell(throttled("t-2"), "t-2");
    expect(lines.filter((line) => line.includes("slow"))).toHaveLength(2);
    reporter.finish();
  });

  it("names a task as it was typed, with its API, because two of them may have the same id", () => {
    const { lines, reporter, tell } = open(["ros-stack:x1", "dashscope:x1"]);
    const seen = { ...task, taskId: "x1" };
    tell({ name: "status", payload: { taskId: "x1", task: seen } }, "ros-stack:x1");
    const failed = { taskId: "x1", error: new Error("no route"), failures: 1, nextPollMs: 500 };
    tell({ name: "retry", payload: failed }, "dashscope:x1");
    reporter.finish();
    expect(lines).toEqual([
      expect.stringMatching(/^ros-stack:x1 .*RUNNING 12\.5%/),
      expect.stringMatching(/^dashscope:x1: no usable answer/),
    ]);
  });

  it("sums up at each interval, however long nothing changes, and no more after the end", () => {
    const { lines, reporter, tell } = open(["t-1", "t-2", "t-3"]);
    tell({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, "t-1");
    tell(
      { name: "poll", payload: { taskId: "t-2", task: { ...task, taskStatus: "COMPLETE" }, callMs: 1 } },
      "t-2",
    );
    vi.advanceTimersByTime(60_000);
    reporter.finish();
    vi.advanceTimersByTime(60_000);

    expect(lines).toEqual([
      "3 tasks after 30.0 s: 1 running, 1 complete, 1 asking",
      "3 tasks after 1 min 00 s: 1 running, 1 complete, 1 asking",
    ]);
  });

  it("sums one task up with its progress and what is left", () => {
    const { lines, reporter, tell } = open(["t-1"]);
    tell({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, "t-1");
    tell({ name: "progress", payload: { taskId: "t-1", task, etaMs: 70_000 } }, "t-1");
    vi.advanceTimersByTime(30_000);
    reporter.finish();

    expect(lines).toEqual(["t-1 RUNNING 12.5% after 30.0 s, about 40.0 s left"]);
  });

  it("says what is left by earlier tasks of the type, until the task's own progress tells it", () => {
    const { lines, reporter, tell } = open(["t-1"]);
    const payload = { taskId: "t-1", task, callMs: 1, etaMs: 90_000, etaRuns: 50 };
    tell({ name: "poll", payload }, "t-1");
    vi.advanceTimersByTime(30_000);
    tell({ name: "progress", payload: { taskId: "t-1", task, etaMs: 70_000 } }, "t-1");
    vi.advanceTimersByTime(30_000);
    reporter.finish();

    expect(lines).toEqual([
      "t-1 RUNNING 12.5% after 30.0 s, about 1 min 00 s left, as the last 50",
      "t-1 RUNNING 12.5% after 1 min 00 s, about 40.0 s left",
    ]);
  });
});

describe("ProgressState", () => {
  it("says no longer that earlier tasks tell the end when the service's own estimate does", () => {
    const state = new ProgressState(["t-1"], 0, new CallCount());
    state.note(
      { name: "poll", payload: { taskId: "t-1", task, callMs: 1, etaMs: 900, etaRuns: 50 } },
      "t-1",
      100,
    );
    state.note({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, "t-1", 150);
    expect(state.view("t-1")).toMatchObject({ expectedEndMs: 1000, expectedByRuns: 50 });
    state.note({ name: "poll", payload: { taskId: "t-1", task, callMs: 1, etaMs: 500 } }, "t-1", 200);
    expect(state.view("t-1")).toMatchObject({ expectedEndMs: 700 });
    expect(state.view("t-1")).not.toHaveProperty("expectedByRuns");
  });

  it("forgets an expectation that is no longer given, and failures after a good answer", () => {
    const state = new ProgressState(["t-1"], 0, new CallCount());
    state.note({ name: "progress", payload: { taskId: "t-1", task, etaMs: 500 } }, "t-1", 100);
    expect(state.view("t-1")).toMatchObject({ expectedEndMs: 600 });
    state.note({ name: "progress", payload: { taskId: "t-1", task } }, "t-1", 200);
    expect(state.view("t-1")?.expectedEndMs).toBeUndefined();

    state.note(
      { name: "retry", payload: { taskId: "t-1", error: new Error(""), failures: 2, nextPollMs: 1 } },
      "t-1",
      300,
    );
    expect(state.view("t-1")).toMatchObject({ failures: 2 });
    state.note({ name: "poll", payload: { taskId: "t-1", task, callMs: 1 } }, "t-1", 400);
    expect(state.view("t-1")).toMatchObject({ failures: 0, percent: 12.5, status: "RUNNING" });
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

  it("keeps an id that begins with - from being read as a flag", () => {
    expect(resumeCommand(parse("-q", "--", "-x", "t-1"), ["-x", "t-1"], {})).toBe(
      "taskwait wait --quiet -- -x t-1",
    );
  });

  it("names no more tasks than can be pasted: a file or standard input holds their ids", () => {
    const ids = Array.from({ length: 101 }, (_, at) => `t-${at}`);

    expect(resumeCommand(parse("-", "-q"), ids, {})).toBe("taskwait wait - --quiet");
    expect(whatIsLeftOut(parse("-"), ids)).toBe(", with their ids on standard input");
    const kept = parse("-", "--checkpoint", "f");
    expect(resumeCommand(kept, ids, {})).toBe("taskwait wait --checkpoint f --resume f");
    expect(whatIsLeftOut(kept, ids)).toBe("");
    expect(resumeCommand(parse("-"), ids.slice(1), {})).toContain(" t-1 t-2 ");
  });

  it("leaves out what may hold a secret, which is said", () => {
    const command = addHookFlags(parse()).parse(
      ["t-1", "--notify", "https://x/key", "--exec", "curl -H key", "-q"],
      { from: "user" },
    );

    expect(resumeCommand(command, ["t-1"], {})).toBe("taskwait wait t-1 --quiet");
    expect(whatIsLeftOut(command, ["t-1"])).toBe(", with --notify and --exec as before");
    expect(whatIsLeftOut(parse("t-1"), ["t-1"])).toBe("");
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

describe("a first word", () => {
  const commands = ["wait", "start", "list"];

  it.each([
    [["lsit"], "list"],
    [["wiat", "t-1"], "wait"],
    [["wat", "t-1"], "wait"],
    [["Starts"], "start"],
    [["pause", "t-1"], "one of wait, start, list"],
  ])("%j is taken for a mistyped command, and %s is proposed", (words, proposed) => {
    expect(() => refuseMistypedCommand(words, commands, "taskwait wait x -q")).toThrow(
      `"${words[0]}" is no command; did you mean ${proposed}? If it is a task: taskwait wait x -q`,
    );
  });

  it("is left alone when it may be an id", () => {
    for (const words of [["t-1"], ["task1"], ["a.b"], ["t-1", "list"], ["-"], []]) {
      expect(() => refuseMistypedCommand(words, commands, "")).not.toThrow();
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
