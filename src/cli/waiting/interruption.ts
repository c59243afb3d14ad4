import process from "node:process";
import { EXIT } from "../errors/exit-code.ts";

type SignalName = "SIGINT" | "SIGTERM";

const SIGNALS: Readonly<Record<SignalName, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

/** Turns the first SIGINT or SIGTERM into an abort. The second finds no handler, and kills. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers: readonly (readonly [SignalName, () => void])[];
  #name: SignalName | undefined;

  constructor() {
    this.#handlers = (Object.keys(SIGNALS) as SignalName[]).map((name) => [name, () => this.#stop(name)]);
    for (const [name, handler] of this.#handlers) {
      process.on(name, handler);
    }
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Which signal came. */
  get signalName(): SignalName | undefined {
    return this.#name;
  }

  /** 130 or 143 once a signal has come. */
  get exitCode(): number | undefined {
    return this.#name === undefined ? undefined : SIGNALS[this.#name];
  }

  /** Gives both signals back to their default action. */
  release(): void {
    for (const [name, handler] of this.#handlers) {
      process.off(name, handler);
    }
  }

  #stop(name: SignalName): void {
    this.#name = name;
    this.release();
    this.#controller.abort(new Error(`stopped by ${name}`));
  }
}
