import { describe, expect, it } from "vitest";
import { pagesOf } from "../../src/task/pages-of.ts";
import type { TaskPage } from "../../src/task/source.ts";

const task = (n: number) => ({ taskId: `t-${n}`, taskStatus: "RUNNING" });

async function read(getPage: (n: number, token: string | undefined) => TaskPage, options = {}) {
  const asked: (string | undefined)[] = [];
  const fresh: string[] = [];
  let cut: string | undefined;
  const pages = pagesOf(async (token) => {
    asked.push(token);
    return getPage(asked.length, token);
  }, options);
  for await (const each of pages) {
    fresh.push(...each.fresh.map(({ taskId }) => taskId));
    cut = each.cut;
  }
  return { asked, fresh, cut };
}

describe("pagesOf", () => {
  it("reads to the page without a token, gives tokens back as they came and each task once", async () => {
    const long = "x".repeat(5000);
    const pages: TaskPage[] = [
      { tasks: [task(1), task(2)], nextToken: long },
      { tasks: [task(2), task(3)], nextToken: " b+/=" },
      { tasks: [task(3)] },
    ];
    const { asked, fresh, cut } = await read((n) => pages[n - 1] as TaskPage);
    expect(asked).toEqual([undefined, long, " b+/="]);
    expect(fresh).toEqual(["t-1", "t-2", "t-3"]);
    expect(cut).toBeUndefined();
  });

  it.each([undefined, "", null])("takes a page whose token is %o for the last", async (nextToken) => {
    const { asked, cut } = await read(() => ({ tasks: [task(1)], nextToken }) as TaskPage, {
      maxStalePages: 1,
    });
    expect({ asked, cut }).toEqual({ asked: [undefined], cut: undefined });
  });

  it.each<[string, (n: number) => TaskPage, string, number]>([
    ["tokens that go round", (n) => ({ tasks: [task(n)], nextToken: `${n % 3}` }), "repeatedToken", 4],
    ["endless tokens and empty pages", (n) => ({ tasks: [], nextToken: `${n}` }), "nothingNew", 100],
    ["endless tokens and one page", (n) => ({ tasks: [task(1)], nextToken: `${n}` }), "nothingNew", 101],
    ["endless tokens and tasks", (n) => ({ tasks: [task(n)], nextToken: `${n}` }), "tooManyPages", 2000],
  ])("leaves a listing without an end: %s", async (_, getPage, cut, calls) => {
    const { asked, ...listing } = await read(getPage);
    expect(listing.cut).toBe(cut);
    expect(asked).toHaveLength(calls);
  });
});
