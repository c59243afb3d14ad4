import assert from "node:assert/strict";
import { countedSignal } from "./counted-signal.ts";
import type { SourceCase, TestedSource } from "./tested-source.ts";

const RUNNING = { taskStatus: "RUNNING" } as const;

/** What the listings of a source must be. */
export const listings: readonly SourceCase[] = [
  {
    name: "lists every task once, page by page, and ends",
    uses: ["list"],
    scenario: { tasks: Array.from({ length: 25 }, () => RUNNING) },
    run: async (subject) => {
      assert.deepEqual((await listAll(subject, {})).sort(), [...subject.taskIds].sort());
    },
  },
  {
    name: "lists the tasks of one status only, when it is asked for one",
    uses: ["list"],
    scenario: { tasks: [RUNNING, { taskStatus: "COMPLETE" }, RUNNING] },
    run: async (subject) => {
      assert.deepEqual(await listAll(subject, { taskStatus: "COMPLETE" }), [subject.taskIds[1]]);
    },
  },
  {
    name: "leaves no listener on the signal of a listing that is over",
    uses: ["list"],
    scenario: { tasks: [RUNNING] },
    run: async ({ source, taskIds }) => {
      const counted = countedSignal();
      const { tasks } = await source.list({}, { signal: counted.signal });
      assert.equal(tasks.length, taskIds.length);
      assert.equal(counted.listeners, 0);
    },
  },
];

async function listAll({ source }: TestedSource, query: { readonly taskStatus?: string }): Promise<string[]> {
  const seen: string[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const token = nextToken === undefined ? {} : { nextToken };
    const page = await source.list(
      { ...query, ...token, maxResults: 10 },
      { signal: new AbortController().signal },
    );
    seen.push(...page.tasks.map((task) => task.taskId));
    nextToken = page.nextToken;
    if (nextToken === undefined) {
      return seen;
    }
  }
  return assert.fail("the listing did not end within 20 pages");
}
