import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAnswer, readPage } from "../../src/apis/reader/read-answer.ts";
import { exactText, parseExactJson } from "../../src/openapi/response/exact-json.ts";
import type { Task } from "../../src/task/task.ts";
import { declaration, readingAs } from "./declarations.ts";
import { contextOf, readOne } from "./read-with.ts";

const BIG = "12345678901234567891";
const LISTED = readingAs({ at: "jobs", id: "id" });

describe("numbers that JavaScript rounds", () => {
  test.each([
    BIG,
    `-${BIG}`,
    "9007199254740993",
    "1e400",
    "1e-400",
    "0.12345678901234567890",
    `[${BIG},1,"${BIG}"]`,
    `{"a":{"b":[${BIG}]},"${BIG}":"x\\"${BIG}","c":1.5}`,
    `[{"__proto__":${BIG}}]`,
  ])("keep the digits that were sent: %s", (text) => {
    const wrapped = `{"a":${text}}`;
    expect(exactText(parseExactJson(wrapped))).toBe(wrapped);
  });

  test("are the numbers that JSON.parse makes, and all else is as it is", () => {
    fc.assert(
      fc.property(fc.json(), fc.bigInt(), (json, number) => {
        const text = `{"a":${json},"b":[${number}]}`;
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
    for (const broken of [`{"a":${BIG}`, `0${BIG}`, `${BIG}.`, `[${BIG}e]`, `"${BIG}`, "-"]) {
      expect(() => parseExactJson(broken), broken).toThrow(SyntaxError);
    }
  });

  test("are as JSON.parse makes them where an answer has more than 10,000 of them", () => {
    const many = (count: number): string => `[${Array(count).fill(BIG).join(",")}]`;
    expect(exactText(parseExactJson(many(10_000)))).toBe(many(10_000));
    expect(exactText(parseExactJson(many(10_001)))).toBe(JSON.stringify(JSON.parse(many(10_001))));
  });

  test.each([
    ["backslashes", `"${"\\\\".repeat(1 << 18)}"`],
    ["escaped quotation marks", `"${'\\"'.repeat(1 << 18)}"`],
    [
      "short strings",
      Array(1 << 18)
        .fill('"a"')
        .join(","),
    ],
    [
      "short numbers",
      Array(1 << 18)
        .fill("12")
        .join(","),
    ],
    ["digits", "1".repeat(1 << 20)],
  ])("are kept beside a MiB of %s", (_, filler) => {
    const text = `[${filler},${BIG}]`;
    expect(exactText(parseExactJson(text))).toBe(text);
  });

  test("are read to their end when they are nested deeper than the stack", () => {
    const deep = `${"[".repeat(200_000)}${BIG}${"]".repeat(200_000)}`;
    expect(Array.isArray(parseExactJson(deep))).toBe(true);
  });
});

describe("a task whose id is a number beyond 2^53", () => {
  test("is found by all its digits, and is no other of the same rounding", () => {
    const answer = parseExactJson(
      `{"jobs":[{"id":12345678901234567890,"state":"error"},{"id":${BIG},"state":"done"}]}`,
    );
    expect(readAnswer(answer, [BIG], contextOf(LISTED)).get(BIG)).toMatchObject({
      taskId: BIG,
      taskStatus: "COMPLETE",
    });
    const single = parseExactJson(`{"id":${BIG},"state":"busy"}`);
    expect(readOne(readingAs({ id: "id" }), single, BIG)).toMatchObject({ taskStatus: "RUNNING" });
    expect(() => readOne(readingAs({ id: "id" }), single, "12345678901234567890")).toThrow(
      `answered with another task, "${BIG}"`,
    );
    expect(readOne(readingAs({ id: "to_string(id)" }), single, BIG)).toMatchObject({ taskId: BIG });
  });

  test("has a result with the digits that were sent", () => {
    const answer = parseExactJson(`{"state":"done","size":${BIG},"text":"${BIG}","huge":1e400}`);
    expect((readOne(declaration(), answer) as Task).taskResult).toBe(
      `{"state":"done","size":${BIG},"text":"${BIG}","huge":1e400}`,
    );
  });

  test("is compared as a number by expressions", () => {
    const api = readingAs({ status: "endNs > `0` && 'done' || 'busy'" });
    expect(readOne(api, parseExactJson('{"endNs":1764288000000000123}'))).toMatchObject({
      taskStatus: "COMPLETE",
    });
  });

  test("is listed, and asks for the next page, by all digits", () => {
    const api = {
      ...LISTED,
      list: { parameters: {}, at: "jobs", next: { parameter: "cursor", value: "next" } },
    };
    const answer = parseExactJson(`{"jobs":[{"id":${BIG},"state":"busy"}],"next":${BIG}}`);
    expect(readPage(answer, 1, contextOf(api))).toMatchObject({ tasks: [{ taskId: BIG }], nextToken: BIG });
  });
});
