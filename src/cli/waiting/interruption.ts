import process from "node:process";
import { EXIT } from "../errors/exit-code.ts";
import { onOutputFailure } from "../terminal/standard-output.ts";

type SignalName = "SIGHUP" | "SIGINT" | "SIGTERM";

const SIGNALS: Readonly<Record<SignalName, number>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

// Supervisors and terminals send one signal twice, to the process and to its group: that is one request to stop.
const REPEAT_MS = 1000;
// A process that is ending has given its handlers up: it stays until the second of a pair has come.
const PAIR_MS = 100;

/**
 * Turns what stops a command into an abort: a signal, or that nobody reads its output any more. A further signal
 * counts after a second; then it kills.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers: readonly (readonly [SignalName, () => void])[];
  readonly #ignoreOutput: () => void;
  #signalName: SignalName | undefined;
  #exitCode: number | undefined;

  constructor() {
    this.#handlers = (Object.keys(SIGNALS) as SignalName[]).map((name) => [name, () => this.#signaled(name)]);
    for (const [name, handler] of this.#handlers) {
      process.on(name, handler);
    }
    this.#ignoreOutput = onOutputFailure(({ code, exitCode }) => {
      this.#stop(exitCode, new Error(`standard output failed (${code})`));
    });
  }

  /** Aborts at the first reason to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Which signal came, if one did. */
  get signalName(): SignalName | undefined {
    return this.#signalName;
  }

  /** Of the signal, or of what became of standard output. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Gives the signals back to their default action; after a signal, when a further one is to count. */
  release(): void {
    this.#ignoreOutput();
    if (this.#signalName === undefined) {
      this.#removeHandlers();
    }
  }

  #signaled(name: SignalName): void {
    if (this.#signalName === undefined) {
      this.#signalName = name;
      setTimeout(() => this.#removeHandlers(), REPEAT_MS).unref();
      setTimeout(() => undefined, PAIR_MS);
      this.#stop(SIGNALS[name], new Error(`stopped by ${name}`));
    }
  }

  #removeHandlers(): void {
    for (const [name, handler] of this.#handlers) {
      process.off(name, handler);
    }
  }

  #stop(exitCode: number, reason: Error): void {
    this.#exitCode ??= exitCode;
    this.#controller.abort(reason);
  }
}

/**
 * Runs a command that can be interrupted.
 *
 * @returns The command's exit code, or that of what interrupted it.
 */
export async function interruptible(
  command: (interruption: Interruption) => Promise<number>,
): Promise<number> {
  const interruption = new Interruption();
  try {
    return await command(interruption);
  } catch (error) {
    if (interruption.exitCode === undefined) {
      throw error;
    }
    return interruption.exitCode;
  } finally {
    interruption.release();
  }
}
