import { describe, expect, it } from "vitest";
import { beginWait } from "../../src/policy/decide/begin-wait.ts";
import { decide, decideTimeout } from "../../src/policy/decide/decide.ts";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { classifyStart } from "../../src/policy/observe/classify-start.ts";
import { observeError } from "../../src/policy/observe/observe.ts";
import { resolveWaitOptions } from "../../src/policy/state/wait-options.ts";
import { BdrcApiError, ProtocolError, TaskNotFoundError, UnreachableError } from "../../src/task/errors.ts";
import { parseTask } from "../../src/task/parse-task.ts";
import { printable, quoted } from "../../src/task/printable.ts";
import { TASK_ID } from "./observations.ts";

const MIB = 1024 * 1024;
const BEGAN_MS = Date.UTC(2026, 0, 1);
const options = resolveWaitOptions();
const context = { nowMs: BEGAN_MS + 1000, random: () => 0.5, options };

/** What has made regular expressions slow, or terminals odd. */
const AWKWARD: Readonly<Record<string, string>> = {
  blank: " ",
  tab: "\t",
  newline: "\n",
  "carriage return": "\r",
  nul: "\0",
  escape: "\u001b",
  letter: "a",
  "capital letter": "E",
  digit: "1",
  minus: "-",
  dot: ".",
  underscore: "_",
  quote: '"',
  backslash: "\\",
  percent: "%",
  slash: "/",
  bracket: "[",
  brace: "{",
  parenthesis: "(",
  "no-break space": "\u00a0",
  "zero-width space": "\u200b",
  "right-to-left override": "\u202e",
  "line separator": "\u2028",
  "lone surrogate": "\ud83d",
  emoji: "\u{1f600}",
  "combining mark": "\u0301",
  "beginnings of words": "throttl time temporar InvalidApi NotFoun ",
};

/** Everything of the policy and of the task's values that searches a text of the service. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "classifyError, by its code": (text) =>
    classifyError(new BdrcApiError(text, { httpStatus: 400, apiCode: text, requestId: text })),
  "classifyError, of another maker": (text) => classifyError(Object.assign(new Error(text), { code: text })),
  "classifyError, of a TypeError": (text) => classifyError(new TypeError(text)),
  "classifyStart, by its code": (text) =>
    classifyStart(new UnreachableError(text, { cause: Object.assign(new Error(text), { code: text }) })),
  observeError: (text) => observeError(new TypeError(text)),
  "observeError, of a text": (text) => observeError(text),
  "a task that failed": (text) => {
    const task = parseTask({ taskId: TASK_ID, taskStatus: "FAILED", errorMessage: text, taskType: text });
    return decide(beginWait(TASK_ID, { nowMs: BEGAN_MS, options }), { kind: "task", task }, context);
  },
  "a task of an unknown status": (text) => {
    const task = parseTask({ taskId: TASK_ID, taskStatus: text, startTime: text, progress: text });
    const observation = { kind: "task", task } as const;
    const { state } = decide(beginWait(TASK_ID, { nowMs: BEGAN_MS, options }), observation, context);
    return decideTimeout(state, BEGAN_MS + 1e9);
  },
  "a task whose detail and result are no JSON": (text) =>
    parseTask({ taskId: TASK_ID, taskStatus: "RUNNING", taskDetail: text, taskResult: `"${text}` }),
  "a task of another shape": (text) => observeError(new ProtocolError(quoted(text))),
  "every way to fail": (text) => {
    const state = beginWait(TASK_ID, { nowMs: BEGAN_MS, options });
    return [
      new TaskNotFoundError(text),
      new UnreachableError(text),
      new BdrcApiError(text, { httpStatus: 403, apiCode: text }),
      new BdrcApiError(text, { httpStatus: 429, apiCode: text }),
    ].map((error) => decide(state, observeError(error), context));
  },
  printable: (text) => printable(text),
  quoted: (text) => quoted(text),
};

describe("1 MiB of one character from the service", () => {
  // Quadratic work on it takes minutes, and the test's own limit ends that.
  it.each(Object.entries(READERS))("is read by %s as by any other text", (_, read) => {
    for (const piece of Object.values(AWKWARD)) {
      const text = piece.repeat(MIB / piece.length);
      expect(() => {
        read(text);
        read(`x${text}x`);
      }).not.toThrow();
    }
  });
});
