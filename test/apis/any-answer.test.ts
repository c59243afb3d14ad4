import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileApi } from "../../src/apis/compile-api.ts";
import { fillExample } from "../../src/apis/fill-example.ts";
import { presets } from "../../src/apis/presets.ts";
import { readAnswer } from "../../src/apis/reader/read-answer.ts";
import { isTaskNotFoundError, isTaskwaitError } from "../../src/task/errors.ts";
import { isFinalStatus } from "../../src/task/status.ts";
import { contextOf } from "./read-with.ts";

const ID = "t-1";
const APIS = Object.values(presets);
const STATES = { COMPLETE: "complete", FAILED: "failed", CANCELED: "canceled", EXPIRED: "expired" } as const;
const VALUES = { id: ID, percent: 40, time: "2026-01-02T03:04:05Z" };

/** Any JSON; or an example, with something in it changed into any JSON. */
const answers = APIS.map((api) => {
  const shown = (api.examples ?? []).map((example) => fillExample(example, VALUES));
  const words = [
    ...compileApi(api).reading.words.keys(),
    "COMPLETE",
    "FAILED",
    "constructor",
    "__proto__",
    "",
    "💥",
  ];
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...words), fc.constantFrom(...shown));
  const changed = fc
    .tuple(fc.constantFrom(...shown), odd, fc.nat())
    .map(([answer, value, at]) => replaced(answer, value, at));
  return [api, fc.oneof(odd, changed)] as const;
});

describe("an answer of any shape, read by each declaration that comes with the package", () => {
  test.each(answers.map(([api, arbitrary]) => [api.name, api, arbitrary] as const))(
    "%s: gives a task, or an error of ours, and no end but what the service's word says",
    (_, api, arbitrary) => {
      const until = api.task.states.complete === undefined ? [] : undefined;
      const context = contextOf(api, until);
      fc.assert(
        fc.property(arbitrary, (answer) => {
          try {
            const finding = readAnswer(answer, [ID], context).get(ID);
            if (finding === undefined || isTaskNotFoundError(finding)) {
              return finding !== undefined;
            }
            const { serviceStatus = "", taskStatus } = finding;
            const words = api.task.states[STATES[taskStatus as keyof typeof STATES]] ?? [];
            return !isFinalStatus(taskStatus) || words.map(String).includes(serviceStatus);
          } catch (error) {
            return isTaskwaitError(error);
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

/** The nth value of a JSON value, replaced. */
function replaced(json: unknown, value: unknown, nth: number): unknown {
  let left = nth % (count(json) || 1);
  const copy = (one: unknown): unknown => {
    if (left-- === 0) {
      return value;
    }
    if (Array.isArray(one)) {
      return one.map(copy);
    }
    return typeof one === "object" && one !== null
      ? Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, copy(inner)]))
      : one;
  };
  return copy(json);
}

function count(json: unknown): number {
  return typeof json === "object" && json !== null
    ? 1 + Object.values(json).reduce((sum: number, one) => sum + count(one), 0)
    : 1;
}

test("an expression is compiled once: reading asks the grammar no more", () => {
  const { reading } = compileApi(presets.dashscope);
  expect(compileApi(presets.dashscope).reading).toBe(reading);
});
