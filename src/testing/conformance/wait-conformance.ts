import { assertUsed, registerCase, type TestApi } from "./test-api.ts";
import { checkOffers, testedDriver, type WaitCase } from "./tested-driver.ts";
import type { MakeDriver } from "./wait-driver.ts";
import { endings } from "./wait-endings.ts";
import { limits } from "./wait-limits.ts";
import { tolerance } from "./wait-tolerance.ts";

/**
 * What a wait must do under every driver, as tests. They run on real timers, because durable engines do; each
 * takes well under two seconds with an engine that is quick. What a driver does not offer is skipped, with the reason.
 *
 * @param api - The runner's `describe` and `it`.
 * @param makeDriver - Makes a fresh driver for each test.
 */
export function waitConformance(api: TestApi, makeDriver: MakeDriver): void {
  const groups = { endings, tolerance, limits };
  void api.describe("a wait", () => {
    for (const [group, cases] of Object.entries(groups)) {
      void api.describe(group, () => {
        for (const one of cases) {
          registerCase(api, one.name, () => runOn(makeDriver, one));
        }
      });
    }
  });
}

async function runOn(makeDriver: MakeDriver, { name, uses, run }: WaitCase): Promise<void> {
  const driver = await makeDriver();
  try {
    await checkOffers(driver, uses);
    const used = new Set<string>();
    await run(testedDriver(driver, used));
    assertUsed(name, uses, used);
  } catch (error) {
    // What a failed case has left running may well be in the way of closing: that would hide why it failed.
    await (async () => driver.close?.())().catch(() => undefined);
    throw error;
  }
  await driver.close?.();
}
