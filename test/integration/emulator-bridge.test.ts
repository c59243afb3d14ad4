import { expect, it } from "vitest";
import { scriptedSource } from "../../src/testing/index.ts";
import { driverOverHttp } from "./emulator-bridge.ts";

/** Keeps this process from running anything else, as a busy machine does. */
function standStill(durationMs: number): void {
  const untilMs = performance.now() + durationMs;
  while (performance.now() < untilMs) {}
}

it("an answer that the client gave up, because the process stood still, is given again by the next call", async () => {
  const callTimeoutMs = 100;
  const source = scriptedSource({
    "t-1": ({ index }) => {
      standStill(index === 0 ? 2 * callTimeoutMs : 0);
      return index === 0 ? "FAILED" : "COMPLETE";
    },
  });
  const driver = driverOverHttp({ callTimeoutMs });
  const wait = await driver.start(source, "t-1", { minIntervalMs: 5, maxIntervalMs: 20 });
  expect((await wait.outcome).kind).toBe("failed");
  expect(source.calls).toHaveLength(1);
  await driver.close?.();
});
