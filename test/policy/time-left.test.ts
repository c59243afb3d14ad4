import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { remember, type TaskHistory } from "../../src/policy/forecast/history.ts";
import { timeLeft } from "../../src/policy/forecast/time-left.ts";

const random = seededRandom(7);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const task = { taskId: "t", taskType: "T", taskStatus: "COMPLETE" };

describe("the time left, as earlier tasks of the type had it", () => {
  it.each([
    ["lognormal", () => 120 * Math.exp(normal())],
    ["narrow", () => 60 + normal()],
    ["exponential", () => -600 * Math.log(1 - random())],
    ["of two kinds", () => (random() < 0.8 ? 15 : 600) * Math.exp(0.3 * normal())],
  ])("is within its span in 75 to 85 % of 500 waits after 50, %s", (_, draw) => {
    for (const age of [0, 10]) {
      let history: TaskHistory = [];
      let [promised, held] = [0, 0];
      for (let wait = 0; wait < 550 || promised < 500; wait++) {
        const duration = Math.max(0.5, draw());
        const span = timeLeft(history[0]?.durations ?? [], age)?.span;
        if (wait >= 50 && duration > age && span !== undefined) {
          promised++;
          held += duration - age >= span[0] && duration - age <= span[1] ? 1 : 0;
        }
        history = remember(history, task, { duration });
      }
      expect(held / promised).toBeGreaterThanOrEqual(0.75);
      expect(held / promised).toBeLessThanOrEqual(0.85);
    }
  });

  it("is the median of those that ran as long", () => {
    expect(timeLeft([10, 20, 30, 40, 50], 0)?.median).toBe(30);
    expect(timeLeft([1, 2, 3, 10, 20, 30, 40, 50], 5)).toEqual({ median: 25, runs: 5 });
  });

  it("is promised by nobody with fewer than 5, and without a span with fewer than 9", () => {
    expect(timeLeft([], 0)).toBeUndefined();
    expect(timeLeft([1, 2, 3, 4], 0)).toBeUndefined();
    expect(timeLeft([1, 2, 3, 4, 5], 1.5)).toBeUndefined();
    expect(timeLeft([1, 2, 3, 4, 5, 6, 7, 8], 0)?.span).toBeUndefined();
    expect(timeLeft([1, 2, 3, 4, 5, 6, 7, 8, 9], 0)?.span).toEqual([1, 9]);
  });
});
