import { expect, it } from "vitest";
import { ValueIterator } from "../../src/async/value-iterator.ts";

it("values that pile up are read in order, each once, whatever the pace", async () => {
  const iterator = new ValueIterator<number>("all", () => undefined);
  const read: number[] = [];
  let pushed = 0;
  for (const [push, take] of [
    [1, 1],
    [100, 30],
    [1, 60],
    [0, 11],
    [7, 3],
    [50, 54],
  ] as const) {
    for (let count = 0; count < push; count++) {
      iterator.push(pushed++);
    }
    for (let count = 0; count < take; count++) {
      const { value } = await iterator.next();
      read.push(value as number);
    }
  }
  iterator.end();
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(read).toEqual(Array.from({ length: pushed }, (_, index) => index));
});

it("a quarter of a million unread values are read without copying the rest for each", async () => {
  const iterator = new ValueIterator<number>("all", () => undefined);
  for (let value = 0; value < 250_000; value++) {
    iterator.push(value);
  }
  iterator.end();
  let sum = 0;
  for await (const value of iterator) {
    sum += value;
  }
  expect(sum).toBe((250_000 * 249_999) / 2);
});
