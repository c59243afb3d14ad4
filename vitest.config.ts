import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { LongFirst } from "./test/long-first.ts";
import { QuietReporter } from "./test/quiet-reporter.ts";

// Where CI wants the counts of this run.
const report = process.env["TASKWAIT_TEST_REPORT"];

// Each file that draws at random starts from this number, so a red run is red again.
const seed = Number(process.env["TASKWAIT_TEST_SEED"] ?? 1);

const quiet = new QuietReporter({
  seed,
  // Seconds on two idle cores.
  typicalS: { unit: 25, house: 20, integration: 125, soak: 55, package: 180 },
});

// Most of the long tests wait for processes and clocks, not for a processor.
const MAX_WORKERS = 6;
// Nearly all of these do: npm test takes 172 s with nine on two cores, 203 s with six.
const MAX_WAITING_WORKERS = 9;

/** Tests that compute, after those that wait: a worker more than there are cores costs its start, 3 s of CPU. */
const computing = {
  maxWorkers: Math.min(MAX_WORKERS, Math.max(2, availableParallelism())),
  sequence: { groupOrder: 1 },
};

/** What all projects share. Files share their workers' modules: importing `src/` for each took most of the time. */
const common = {
  isolate: false,
  unstubEnvs: true,
  unstubGlobals: true,
  restoreMocks: true,
  // How long a condition may take on a busy machine; the default of 1 s measures the machine.
  expect: { poll: { timeout: 20_000, interval: 20 } },
  env: { TASKWAIT_TEST_SEED: String(seed) },
  setupFiles: ["test/seeded-properties.ts"],
};

const config: ViteUserConfig = defineConfig({
  test: {
    maxWorkers: MAX_WORKERS,
    sequence: { sequencer: LongFirst },
    reporters: report === undefined ? [quiet] : [quiet, ["json", { outputFile: report }]],
    projects: [
      {
        test: {
          ...common,
          ...computing,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/integration/**",
            "test/package/**",
            "test/house/**",
            "test/engines/**",
            "test/mutants/**",
          ],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...common,
          ...computing,
          name: "house",
          include: ["test/house/**/*.test.ts"],
          // Some run a whole tool; a limit is there to end what hangs.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...common,
          maxWorkers: MAX_WAITING_WORKERS,
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/fresh-dist.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          sequence: { groupOrder: 2 },
          name: "soak",
          include: [
            "test/engine/*interleavings.test.ts",
            "test/integration/*-fuzz.test.ts",
            "test/integration/emulator-conformance.test.ts",
            "test/integration/run-task.test.ts",
            "test/policy/decide-properties.test.ts",
          ],
          env: { ...common.env, TASKWAIT_TEST_SOAK: "1" },
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...common,
          sequence: { groupOrder: 2 },
          name: "package",
          include: ["test/package/**/*.test.ts"],
          globalSetup: ["test/fresh-dist.ts"],
          testTimeout: 400_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
});

export default config;
