import process from "node:process";
import { defineConfig, type ViteUserConfig } from "vitest/config";

// run.mjs says which tests name the behaviour of the file that is mutated.
const config: ViteUserConfig = defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    env: { TASKWAIT_TEST_SEED: "1" },
    setupFiles: ["test/seeded-properties.ts", "test/mutants/no-shrinking.ts"],
    include: process.env["TASKWAIT_MUTANT_TESTS"]?.split(",") ?? [],
    testTimeout: 30_000,
  },
});

export default config;
