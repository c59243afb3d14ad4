import { expect, it, vi } from "vitest";
import { printWarning } from "../../src/cli/terminal/warnings.ts";

it("a warning of the process is one line of standard error, but for what Node says of its own colors", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  printWarning(new Error("The 'NO_COLOR' env is ignored due to the 'FORCE_COLOR' env being set."));
  printWarning(new Error("old\nnews"));

  expect(write.mock.calls).toEqual([["taskwait: warning: old news\n"]]);
});
