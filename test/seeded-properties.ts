import fc from "fast-check";

// A property draws the same values in each run of a seed; a counterexample names seed and path by itself.
fc.configureGlobal({ seed: Number(process.env["TASKWAIT_TEST_SEED"]) });
