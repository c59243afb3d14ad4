import { setTimeout as sleep } from "node:timers/promises";
import {
  type BdrcClient,
  type ListingCut,
  MAX_PAGE_SIZE,
  ProtocolError,
  pagesOf,
  type Task,
  type TaskPage,
} from "../../index.ts";
import { withRetry } from "./with-retry.ts";

const MIN_PAGE_SIZE = 10;
// Between two pages: a listing without an end is not read at the speed of the connection.
const PAUSE_MS = 50;
const CUTS: Readonly<Record<ListingCut, string>> = {
  repeatedToken: "the service gave the same NextToken twice",
  nothingNew: "page after page brings no new task",
  tooManyPages: "it has too many pages",
};

/** Which tasks to list. */
export interface TaskPagesQuery {
  readonly taskStatus?: string;
  readonly taskType?: string;
  /** At most so many tasks. */
  readonly limit?: number;
}

/**
 * The tasks of the account, page by page, each task once.
 *
 * @throws ProtocolError when the listing has no end.
 */
export async function* taskPages(
  client: BdrcClient,
  query: TaskPagesQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly Task[]> {
  const { limit = Number.POSITIVE_INFINITY, ...filter } = query;
  let left = limit;
  const getPage = async (nextToken: string | undefined): Promise<TaskPage> => {
    if (nextToken !== undefined) {
      await sleep(PAUSE_MS, undefined, { signal });
    }
    const maxResults = Math.min(MAX_PAGE_SIZE, Math.max(MIN_PAGE_SIZE, left));
    const page = nextToken === undefined ? { maxResults } : { maxResults, nextToken };
    return await withRetry(() => client.describeTasks({ ...filter, ...page }, { signal }), signal);
  };
  for await (const { fresh, cut } of pagesOf(getPage)) {
    const tasks = fresh.slice(0, left);
    left -= tasks.length;
    yield tasks;
    if (left === 0) {
      return;
    }
    if (cut !== undefined) {
      throw new ProtocolError(`DescribeTasks: ${CUTS[cut]}; the listing is cut off`);
    }
  }
}
