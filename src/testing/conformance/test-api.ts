/** What a conformance suite needs of a test runner; that of vitest, `node:test`, jest and mocha all fit. */
export interface TestApi {
  /** Groups tests. */
  describe(name: string, body: () => void): unknown;
  /** Registers one test. */
  it(name: string, body: (...context: readonly unknown[]) => Promise<void>): unknown;
}

/** One test of a suite. */
export interface ConformanceCase<Subject> {
  /** A sentence about behaviour. */
  readonly name: string;
  /** Rejects when the subject does not behave so. */
  run(subject: Subject): Promise<void>;
}
