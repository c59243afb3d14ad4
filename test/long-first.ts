import { BaseSequencer, type TestSpecification } from "vitest/node";

// Files that mostly wait for processes and clocks, the longest first: what computes fills their pauses, and none of
// them is the tail of the run.
const LONG: readonly RegExp[] = [
  /integration\/cli-(?:start|output|network|terminal|wait|lines|killed|lost)/,
  /integration\/(?:cli|.*-fuzz|.*-conformance|kill-9|examples|process-exit)/,
  /house\/(?:ranks|snippets|pages|sources)/,
  /integration\//,
];

function rank({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((names) => names.test(moduleId));
  return at < 0 ? LONG.length : at;
}

/** Long files first, also in a fresh clone, where nobody knows yet how long a file takes. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
