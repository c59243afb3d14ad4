import { describe, it } from "vitest";
import { useFakeTime } from "./fake-time.ts";
import { RIVAL_FAULTS } from "./rival-faults.ts";

useFakeTime();

// The same scenarios on the rivals' published code: npm run bench:rivals.
describe("what users reported of others is not so here", () => {
  describe.each(Object.entries(RIVAL_FAULTS))("%s", (_, faults) => {
    for (const { fault, reported, run } of faults) {
      it(`${fault} [${reported}]`, run);
    }
  });
});
