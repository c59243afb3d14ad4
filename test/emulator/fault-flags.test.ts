import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultsByChance } from "../../src/emulator/faults/fault-flags.ts";
import { FAULT_NAMES, parseFaultFlags } from "../../src/emulator/index.ts";
import { seededRandom } from "../../src/emulator/world/random.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

describe("parseFaultFlags()", () => {
  it("reads chances and a latency", () => {
    expect(parseFaultFlags("reset=0.02, latency=50..300,reset-connect=.5")).toEqual({
      latency: { minMs: 50, maxMs: 300 },
      chances: [{ name: "reset", fault: { kind: "reset", at: "request" }, chance: 0.02 }],
      resetConnect: 0.5,
    });
    expect(parseFaultFlags("latency=20").latency).toEqual({ minMs: 20, maxMs: 20 });
    expect(parseFaultFlags("")).toEqual({ chances: [], resetConnect: 0 });
  });

  it("knows every name it lists", () => {
    for (const name of FAULT_NAMES) {
      expect(() => parseFaultFlags(`${name}=1`)).not.toThrow();
    }
  });

  it.each([
    ["reset", 'fault must be a list of name=value, got "reset"'],
    ["reset=2", 'fault "reset" must have a chance from 0 to 1, got "2"'],
    ["reset=-1", 'fault "reset" must have a chance from 0 to 1, got "-1"'],
    ["reset=1e-1", 'fault "reset" must have a chance from 0 to 1, got "1e-1"'],
    ["reset=NaN", 'fault "reset" must have a chance from 0 to 1, got "NaN"'],
    ["earthquake=0.1", "fault must be one of latency, skew, reset-connect, reset,"],
    ["constructor=0.1", "fault must be one of"],
    ["latency=300..50", 'fault "latency" must be milliseconds'],
    ["latency=-5", 'fault "latency" must be milliseconds'],
    ["latency=9999999", 'fault "latency" must be milliseconds'],
    ["reset=0.6,hang=0.6", "fault chances must add up to 1 at most, got 1.2"],
    ["reset=0.1,reset=0.2", 'fault "reset" must be given once'],
  ])("refuses %j with a clear error", (text, message) => {
    expect(() => parseFaultFlags(text)).toThrow(InvalidOptionError);
    expect(() => parseFaultFlags(text)).toThrow(message);
  });

  it("answers any text with a plan or an InvalidOptionError", () => {
    void fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFaultFlags(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOptionError);
        }
      }),
    );
  });
});

describe("faultsByChance()", () => {
  it("keeps to the chances, and to the seed", () => {
    const run = (seed: number) => {
      const decide = faultsByChance(parseFaultFlags("reset=0.2,hang=0.1,latency=10..20"), seededRandom(seed));
      return Array.from({ length: 10_000 }, (_, n) =>
        [decide({ method: "GET", path: "/" }, n) ?? []].flat().map((fault) => fault.kind),
      );
    };
    const kinds = run(1).flat();
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect(count("latency")).toBe(10_000);
    expect(Math.abs(count("reset") - 2000)).toBeLessThan(200);
    expect(Math.abs(count("hang") - 1000)).toBeLessThan(150);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});
