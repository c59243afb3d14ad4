import { defineConfig, type ViteUserConfig } from "vitest/config";

const report = process.env["TASKWAIT_TEST_REPORT"];

const chaos = ["*-chaos.test.ts"];
const common = {
  // What is cancelled or fails on purpose would fill the output otherwise.
  env: { RESTATE_LOGGING: "ERROR" },
  testTimeout: 240_000,
  hookTimeout: 60_000,
};

const config: ViteUserConfig = defineConfig({
  test: {
    ...(report === undefined ? {} : { reporters: ["default", ["json", { outputFile: report }]] }),
    root: import.meta.dirname,
    projects: [
      {
        test: {
          ...common,
          name: "engines",
          include: ["*.test.ts"],
          exclude: ["node_modules/**", ...chaos],
          // They wait more than they work.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: "chaos",
          include: chaos,
          // Servers, workers and kills share one small machine: one file after another.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

export default config;
