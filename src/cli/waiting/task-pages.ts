import {
  type BdrcClient,
  type ListingCut,
  MAX_PAGE_SIZE,
  ProtocolError,
  pagesOf,
  sleep,
  type Task,
} from "../../index.ts";
import { withRetry } from "./with-retry.ts";

const MIN_PAGE_SIZE = 10;
// 20 pages a second are 10,000 tasks; a listing that has no end must not become a storm.
const MIN_PAGE_INTERVAL_MS = 50;

const CUT_WORDS: Readonly<Record<ListingCut, string>> = {
  repeatedToken: "the service gave the same NextToken twice",
  nothingNew: "its pages bring nothing new",
  tooManyPages: "it has no end",
};

/** Which tasks to list. */
export interface TaskPagesQuery {
  readonly taskStatus?: string;
  readonly taskType?: string;
  /** At most so many tasks. */
  readonly limit?: number;
}

/** What bounds the calls of a listing. */
export interface ListingBounds {
  readonly signal: AbortSignal;
  /** From one call to the next, at least. */
  readonly minIntervalMs?: number;
  /** For how long one page is asked for again; without it, a few times. */
  readonly outageBudgetMs?: number;
}

/**
 * The tasks of the account, page by page, each task once.
 *
 * @throws ProtocolError after the last page when the listing would not end.
 */
export async function* taskPages(
  client: BdrcClient,
  query: TaskPagesQuery,
  { signal, minIntervalMs = 0, outageBudgetMs }: ListingBounds,
): AsyncGenerator<readonly Task[]> {
  const { limit = Number.POSITIVE_INFINITY, ...filter } = query;
  let count = 0;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  const intervalMs = Math.max(MIN_PAGE_INTERVAL_MS, minIntervalMs);
  const getPage = async (nextToken: string | undefined) => {
    const maxResults = Math.min(MAX_PAGE_SIZE, Math.max(MIN_PAGE_SIZE, limit - count));
    const page = { ...filter, maxResults, ...(nextToken === undefined ? {} : { nextToken }) };
    const call = async () => {
      await sleep(sentAtMs + intervalMs - performance.now(), signal);
      sentAtMs = performance.now();
      return await client.describeTasks(page, { signal });
    };
    return await withRetry(call, signal, outageBudgetMs);
  };
  for await (const { fresh, cut } of pagesOf(getPage)) {
    const wanted = fresh.slice(0, limit - count);
    count += wanted.length;
    yield wanted;
    if (count >= limit) {
      return;
    }
    if (cut !== undefined) {
      throw new ProtocolError(`DescribeTasks: the listing was cut off: ${CUT_WORDS[cut]}`);
    }
  }
}
