import { MinimalReporter, type SerializedError, type TestModule, type Vitest } from "vitest/node";

/** What the reporter tells beside the results. */
export interface QuietReporterOptions {
  readonly seed: number;
  /** How many seconds each project takes on two idle cores. */
  readonly typicalS: Readonly<Record<string, number>>;
}

/** Says how long a run takes, then only what failed and what to do about it. */
export class QuietReporter extends MinimalReporter {
  readonly #options: QuietReporterOptions;

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
