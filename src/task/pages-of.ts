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
 * The page loop: follows the tokens to a page without one; to a token that was there before; or for so many pages.
 *
 * @param getPage - Gets one page; a token goes back as it came.
 */
export async function* tokenPages<Page extends TaskPage>(
  getPage: (nextToken: string | undefined) => Promise<Page>,
  maxPages: number,
): AsyncGenerator<
  { readonly page: Page; readonly hasMore: boolean; readonly cut?: Exclude<ListingCut, "nothingNew"> },
  undefined
> {
  const tokens = new Set<string>();
  let nextToken: string | undefined;
  for (let count = 1; ; count++) {
    const page = await getPage(nextToken);
    nextToken = page.nextToken;
    // Many services end with an empty token or null.
    if (typeof nextToken !== "string" || nextToken === "") {
      yield { page, hasMore: false };
      return;
    }
    if (tokens.has(nextToken) || count >= maxPages) {
      yield { page, hasMore: true, cut: tokens.has(nextToken) ? "repeatedToken" : "tooManyPages" };
      return;
    }
    tokens.add(nextToken);
    yield { page, hasMore: true };
  }
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
  let stalePages = 0;
  for await (const { page, hasMore, cut } of tokenPages(getPage, maxPages)) {
    const before = seen.size;
    const fresh = page.tasks.filter(({ taskId }) => seen.size !== seen.add(taskId).size);
    stalePages = seen.size === before ? stalePages + 1 : 0;
    if (hasMore && stalePages >= maxStalePages && cut !== "repeatedToken") {
      yield { page, fresh, cut: "nothingNew" };
      return;
    }
    yield cut === undefined ? { page, fresh } : { page, fresh, cut };
  }
}
