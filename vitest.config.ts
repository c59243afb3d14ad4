import { defineConfig, type ViteUserConfig } from "vitest/config";

// Where CI wants the counts of this run.
const report = process.env["TASKWAIT_TEST_REPORT"];

// Real processes on a machine that others keep busy: a fault of ours fails three times, starvation does not.
const retry = process.env["CI"] === undefined ? 0 : 2;

const config: ViteUserConfig = defineConfig({
  test: {
    // Most of the long tests wait for processes and clocks, not for a processor.
    maxWorkers: 3,
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/integration/**", "test/package/**", "test/house/**", "test/engines/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "house",
          include: ["test/house/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/fresh-dist.ts"],
          retry,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          globalSetup: ["test/fresh-dist.ts"],
          retry,
          testTimeout: 400_000,
          hookTimeout: 400_000,
        },
      },
    ],
  },
});

export default config;
