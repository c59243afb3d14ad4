const tests = (folder, ...names) => names.map((name) => `test/${folder}/${name}.test.ts`);
const DECISIONS = tests("policy", "decide-properties", "settle", "outage-budget", "resume", "last-poll");

/**
 * What decides about waits and rates, and the tests that name its behaviour: here a change that none of them notices
 * is a fault. Tests of the whole engine would notice some changes, too, but do not say what is wrong.
 */
export const MUTATED = {
  "src/policy/decide/decide.ts": DECISIONS,
  "src/policy/decide/settle.ts": DECISIONS,
  "src/policy/observe/classify-error.ts": tests("policy", "classify-error", "error-code"),
  "src/policy/state/delay-limits.ts": DECISIONS,
  "src/policy/state/wait-options.ts": tests("policy", "wait-option-checks"),
  "src/options/check-options.ts": tests("options", "option-checks"),
  "src/engine/waiter-options.ts": tests("engine", "waiter-option-checks"),
  "src/engine/rate/permit-dispatcher.ts": tests("engine", "permit-queue", "permit-order"),
  "src/engine/rate/permit-queue.ts": tests("engine", "permit-queue", "permit-order"),
  "src/engine/rate/rate-controller.ts": tests("engine", "rate-controller"),
  "src/engine/listing/listing-coverage.ts": tests("engine", "listing-coverage"),
};
