import { PACERS } from "./pacers.ts";
import { runRate } from "./rate-run.ts";
import { RATE_SCENARIOS } from "./rate-scenarios.ts";
import { percent, type Report } from "./report.ts";

/** Saturated clients before hidden quotas: ours beside plain AIMD and the AWS SDK's own limiter. */
export async function tellRates(report: Report, seed: number, only: string): Promise<void> {
  console.log("\nRate control: quota used / throttled / seconds to 80 % / Jain");
  for (const scenario of RATE_SCENARIOS.filter(({ name }) => name.includes(only))) {
    console.log(scenario.name);
    for (const [pacer, make] of Object.entries(PACERS)) {
      const result = await runRate(make, scenario, seed);
      report.add("rate", { scenario: scenario.name, pacer, ...result });
      const { used, throttled, reached80S, jain } = result;
      const figures = `${percent(used)} / ${percent(throttled)} / ${reached80S ?? "never"} / ${jain.toFixed(2)}`;
      console.log(`    ${pacer}: ${figures}`);
      const { target } = scenario;
      const holds =
        target === undefined ||
        (used >= target.leastUsed &&
          throttled <= target.mostThrottled &&
          (target.most80S === undefined || (reached80S ?? Number.POSITIVE_INFINITY) <= target.most80S) &&
          jain >= (target.leastJain ?? 0));
      report.expect(pacer !== "taskwait" || holds, `rate, ${scenario.name}: ${figures}`);
    }
  }
}
