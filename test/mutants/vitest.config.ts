import { defineConfig, type ViteUserConfig } from "vitest/config";

// The tests that name the behaviour of what is mutated: the policy's, and W1 to W9 of the engine.
const config: ViteUserConfig = defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    env: { TASKWAIT_TEST_SEED: "1" },
    setupFiles: ["test/seeded-properties.ts"],
    include: ["test/policy/**/*.test.ts", "test/engine/**/*.test.ts"],
    // Long, and no statement about one of these files.
    exclude: [
      "test/engine/interleavings.test.ts",
      "test/engine/rate-found.test.ts",
      "test/engine/rivals.test.ts",
      "test/policy/expected-delay.test.ts",
    ],
    testTimeout: 30_000,
  },
});

export default config;
