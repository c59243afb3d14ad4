import type { TaskPage } from "./source.ts";
import type { Task } from "./task.ts";

/**
 * The most tasks that BDRC puts on a page.
 *
 * Source: API BDRC 2023-08-08, DescribeTasks, MaxResults.
 *
 * @hidden
 */
export const MAX_PAGE_SIZE = 500;

/**
 * Why a listing was left before its end: its tokens go round, its pages bring nothing new, or it has no end.
 *
 * @hidden
 */
export type ListingCut = "repeatedToken" | "nothingNew" | "tooManyPages";

/** One page of a listing that is read to its end. */
export interface ListedPage<Page extends TaskPage> {
  readonly page: Page;
  /** The tasks that no page before has shown: pages shift while they are read. */
  readonly fresh: readonly Task[];
  /** On the last page, when there would be more. */
  readonly cut?: ListingCut;
}

/** When to leave a listing. */
export interface PagesOptions {
  /** Default 2000: a million tasks. */
  readonly maxPages?: number;
  /** Pages in a row without a new task. Default 100: a source may filter its pages after cutting them. */
  readonly maxStalePages?: number;
}

/**
 * Reads a listing page by page. It comes to an end whatever the service sends: tokens that repeat, endless new tokens,
 * or pages that repeat.
 *
 * @param getPage - Gets one page; a token goes back as it came.
 *
 * @hidden Exported for the command.
 */
export async function* pagesOf<Page extends TaskPage>(
  getPage: (nextToken: string | undefined) => Promise<Page>,
  { maxPages = 2000, maxStalePages = 100 }: PagesOptions = {},
): AsyncGenerator<ListedPage<Page>, undefined> {
  const seen = new Set<string>();
  const tokens = new Set<string>();
  let nextToken: string | undefined;
  let stalePages = 0;
  for (let count = 1; ; count++) {
    const page = await getPage(nextToken);
    const before = seen.size;
    const fresh = page.tasks.filter(({ taskId }) => seen.size !== seen.add(taskId).size);
    stalePages = seen.size === before ? stalePages + 1 : 0;
    nextToken = page.nextToken;
    if (nextToken === undefined) {
      yield { page, fresh };
      return;
    }
    const cut: ListingCut | undefined = tokens.has(nextToken)
      ? "repeatedToken"
      : stalePages >= maxStalePages
        ? "nothingNew"
        : count >= maxPages
          ? "tooManyPages"
          : undefined;
    tokens.add(nextToken);
    if (cut !== undefined) {
      yield { page, fresh, cut };
      return;
    }
    yield { page, fresh };
  }
}
