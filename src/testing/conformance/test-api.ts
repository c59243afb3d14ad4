import assert from "node:assert/strict";

/** What a conformance suite needs of a test runner; that of vitest, `node:test`, jest and mocha all fit. */
export interface TestApi {
  /** Groups tests. */
  describe(name: string, body: () => void): unknown;
  /**
   * Registers one test. What the runner hands to its body, or binds as `this`, is searched for `skip(reason)`:
   * a test of something that the subject does not offer is skipped with it.
   */
  it(name: string, body: (...context: readonly unknown[]) => Promise<void>): unknown;
}

/** One test of a suite. */
export interface ConformanceCase<Subject, Part extends string> {
  /** A sentence about behaviour. */
  readonly name: string;
  /** The parts of the subject that it tests: each has to be offered, and to be used. */
  readonly uses: readonly Part[];
  /** Rejects when the subject does not behave so. */
  run(subject: Subject): Promise<void>;
}

/** Ends a test of something that the subject does not offer. */
export class NotOffered extends Error {}

/** Registers a case, which ends as skipped when it throws {@link NotOffered}. */
export function registerCase(api: TestApi, name: string, run: () => Promise<void>): void {
  // Neither an arrow nor a named parameter: mocha binds its context, and takes a function with a parameter for one
  // that is given a callback.
  void api.it(name, async function skippable(this: unknown, ...context: readonly unknown[]): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof NotOffered)) {
        throw error;
      }
      skip([...context, this], `${name}: ${error.message}`);
    }
  });
}

/** Fails a case that has not used what it claims to test. */
export function assertUsed(name: string, uses: readonly string[], used: ReadonlySet<string>): void {
  const unused = uses.filter((part) => !used.has(part));
  assert.deepEqual(unused, [], `the case "${name}" never used ${unused.join(", ")}, so it proves nothing`);
}

function skip(contexts: readonly unknown[], reason: string): void {
  for (const context of contexts) {
    // vitest's context is a function.
    const mayHave = (typeof context === "object" && context !== null) || typeof context === "function";
    if (mayHave && "skip" in context) {
      (context as { skip(reason: string): void }).skip(reason);
      return;
    }
  }
  process.emitWarning(`not tested: ${reason}`, { type: "TaskwaitWarning" });
}
