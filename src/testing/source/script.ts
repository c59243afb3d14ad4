import { invalidOption } from "../../options/check-options.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { type FullStep, fullStep, type ScriptStep } from "./script-step.ts";
import { checkTimedScript, isTimedScript, type TimedScript, timedStep } from "./timed-script.ts";

/** What a script that is a function is told of the call. */
export interface ScriptCall {
  readonly taskId: string;
  /** 0 for the first call about this task. */
  readonly index: number;
  /** Milliseconds since the source was made. */
  readonly atMs: number;
}

/**
 * How the calls about one task go: steps in order, the last of which repeats; a task that runs by the
 * clock; or a function that says it of each call.
 */
export type Script = readonly ScriptStep[] | TimedScript | ((call: ScriptCall) => ScriptStep);

/** The place that a script has reached. */
export class ScriptPosition {
  readonly #script: readonly FullStep[] | Exclude<Script, readonly ScriptStep[]>;
  readonly #where: string;
  readonly #madeAtMs: number = Date.now();
  #calls = 0;

  /** @throws `InvalidOptionError` when it is no script. */
  constructor(script: Script, where: string) {
    this.#where = where;
    if (isTimedScript(script)) {
      this.#script = checkTimedScript(script, `scriptedSource: ${where}`);
    } else if (typeof script === "function") {
      this.#script = script;
    } else if (Array.isArray(script)) {
      this.#script = spelledOut(script, where);
    } else {
      throw invalidOption(
        `scriptedSource: ${where}`,
        "must be a list of steps, a timed script or a function",
        script,
      );
    }
  }

  /** The step that the next call meets. */
  peek(taskId: string, atMs: number): FullStep {
    const script = this.#script;
    if (isTimedScript(script)) {
      return timedStep(script, atMs, this.#madeAtMs);
    }
    if (typeof script === "function") {
      return fullStep(script({ taskId, index: this.#calls, atMs }), this.#where);
    }
    return script[Math.min(this.#calls, script.length - 1)] as FullStep;
  }

  /** The step that this call meets. */
  take(taskId: string, atMs: number): FullStep {
    const step = this.peek(taskId, atMs);
    this.#calls += 1;
    return step;
  }
}

function spelledOut(steps: readonly ScriptStep[], where: string): readonly FullStep[] {
  if (steps.length === 0) {
    throw new InvalidOptionError(`scriptedSource: ${where} must have at least one step, got none`);
  }
  return steps.flatMap((step, index) => {
    const full = fullStep(step, `${where}[${index}]`);
    return Array.from({ length: full.times ?? 1 }, () => full);
  });
}
