import { spawnSync } from "node:child_process";
import {
  MinimalReporter,
  type SerializedError,
  type TestCase,
  type TestModule,
  type Vitest,
} from "vitest/node";

// A worker in an endless loop reports nothing, and no timeout of its own can fire.
const SILENCE_MS = 180_000;
const CHECK_EVERY_MS = 5000;

/** What the reporter tells beside the results. */
export interface QuietReporterOptions {
  readonly seed: number;
  /** How many seconds each project takes on two idle cores. */
  readonly typicalS: Readonly<Record<string, number>>;
}

/** Says how long a run takes, then only what failed and what to do about it. */
export class QuietReporter extends MinimalReporter {
  readonly #options: QuietReporterOptions;
  /** When each file that runs last told of a test. */
  readonly #lastToldMs = new Map<TestModule, number>();

  constructor(options: QuietReporterOptions) {
    super();
    this.#options = options;
  }

  override onInit(vitest: Vitest): void {
    const { seed, typicalS } = this.#options;
    const names = vitest.projects.map(({ name }) => name);
    const seconds = names.reduce((sum, name) => sum + (typicalS[name] ?? 0), 0);
    vitest.logger.log(
      `Tests: ${names.join(", ")}. All of them take ${lengthOf(seconds)} on two idle cores. Seed ${seed}.`,
    );
    super.onInit(vitest);
    setInterval(() => this.#endWhatHangs(), CHECK_EVERY_MS).unref();
  }

  override onTestModuleCollected(module: TestModule): void {
    super.onTestModuleCollected(module);
    this.#lastToldMs.set(module, performance.now());
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    this.#lastToldMs.set(test.module, performance.now());
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module);
    this.#lastToldMs.delete(module);
  }

  #endWhatHangs(): void {
    for (const [module, toldMs] of this.#lastToldMs) {
      const timeouts = [...module.children.allTests()].map(({ options }) => options.timeout ?? 0);
      if (performance.now() - toldMs > Math.max(...timeouts) + SILENCE_MS) {
        const open = [...module.children.allTests()].find((test) => test.result().state === "pending");
        this.error(
          `${this.relative(module.moduleId)} hangs, at or after: ${open?.fullName ?? "its last test"}`,
        );
        this.error("Most likely an endless loop: no timer of its process fires.");
        // Its own children alone: a loop handles no message, and would outlive the run.
        spawnSync("pkill", ["-KILL", "-P", String(process.pid)]);
        process.exit(1);
      }
    }
  }

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: "passed" | "interrupted" | "failed",
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const red = modules.filter((one) => one.state() === "failed");
    if (red.length > 0) {
      const files = red.map((one) => this.relative(one.moduleId));
      this.log("What failed, alone:");
      this.log(
        `  TASKWAIT_TEST_SEED=${this.#options.seed} npx vitest run --reporter=verbose ${[...new Set(files)].join(" ")}`,
      );
      this.log("A test that fails beside others but not alone is a fault too: it measures the machine.");
    }
  }
}

function lengthOf(seconds: number): string {
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`;
}
