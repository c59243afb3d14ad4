import { type BdrcClient, ProtocolError, type Task } from "../../index.ts";
import { withRetry } from "./with-retry.ts";

const MAX_PER_PAGE = 500;

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
 * @throws ProtocolError when the service gives a page's token twice, which would never end.
 */
export async function* taskPages(
  client: BdrcClient,
  query: TaskPagesQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly Task[]> {
  const { limit = Number.POSITIVE_INFINITY, ...filter } = query;
  // Pages shift while they are read, so a task may come twice.
  const seen = new Set<string>();
  const tokens = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await withRetry(
      () =>
        client.describeTasks(
          {
            ...filter,
            maxResults: Math.min(MAX_PER_PAGE, Math.max(10, limit - seen.size)),
            ...(nextToken === undefined ? {} : { nextToken }),
          },
          { signal },
        ),
      signal,
    );
    const fresh = page.tasks.filter(({ taskId }) => !seen.has(taskId)).slice(0, limit - seen.size);
    for (const { taskId } of fresh) {
      seen.add(taskId);
    }
    yield fresh;
    nextToken = page.nextToken;
    if (nextToken !== undefined && tokens.has(nextToken)) {
      throw new ProtocolError(
        "DescribeTasks: the service gave the same NextToken twice; the listing is cut off",
      );
    }
    tokens.add(nextToken ?? "");
  } while (nextToken !== undefined && seen.size < limit);
}
