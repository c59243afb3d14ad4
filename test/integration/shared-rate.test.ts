import { expect, it } from "vitest";
import { BdrcClient, type BdrcClientOptions, TaskWaiter } from "../../src/index.ts";
import { startedEmulators } from "./started-emulators.ts";

const start = startedEmulators();

it("clients of one account share the rate that one found out, and those of another account or place do not", async () => {
  const emulator = await start({ quota: { perSecond: 10 } });
  const elsewhere = await start();
  const waiterOf = (options: BdrcClientOptions = {}) => {
    const source = new BdrcClient({ ...emulator.clientOptions, ...options });
    return new TaskWaiter({ source, batch: "never", maxInterval: "1s" });
  };
  const waiters = [waiterOf(), waiterOf()];
  const [second, another, other] = [
    waiterOf(),
    waiterOf({ accessKeyId: "LTAI-another" }),
    waiterOf(elsewhere.clientOptions),
  ];
  for (let index = 0; index < 60; index++) {
    const taskId = `t-${index}`;
    emulator.world.addTask({ taskId, durationMs: "never" });
    waiters[index % 2]?.wait(taskId).outcome.catch(() => undefined);
  }
  await expect.poll(() => waiters.some((waiter) => waiter.stats().throttled > 0)).toBe(true);
  const rates = [...waiters, second, another, other].map((waiter) => waiter.stats().ratePerSecond);
  expect(rates).toEqual([rates[0], rates[0], rates[0], 5, 5]);
  expect(rates[0]).not.toBe(5);
  await Promise.all(waiters.map((waiter) => waiter.close()));
});
