import type { CallerOptions } from "../openapi/caller-options.ts";
import { MAX_ANSWER_BYTES } from "../openapi/request/operation.ts";
import { classifyError } from "../policy/observe/classify-error.ts";
import { InvalidOptionError, isTaskNotFoundError, TaskNotFoundError } from "../task/errors.ts";
import { printable, quoted } from "../task/printable.ts";
import type { CallOptions, SourceLimits, TaskListQuery, TaskPage, TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import { type CompiledApi, compileApi } from "./compile-api.ts";
import type { TaskApi } from "./format/task-api.ts";
import { type QuotaOptions, quotaKeysOfApi } from "./quota-keys.ts";
import { type Finding, goneTask, readAnswer, readPage } from "./reader/read-answer.ts";
import { checkUntil, wordsUntil } from "./reader/words.ts";
import { checkApiTaskId, checkSet } from "./request/values.ts";
import { documentedLimits } from "./source-limits.ts";
import type { JsonAnswer, Transport } from "./transport/transport.ts";
import { transportOf } from "./transport-of.ts";

/**
 * How to call a declared API. Credentials, region, endpoint and proxy are as for `BdrcClient`; the endpoint of an API
 * with a key can only be this machine's.
 */
export interface TaskApiSourceOptions extends CallerOptions {
  /** Values of the declaration's own placeholders, such as `{ functionName: "resize" }`. */
  readonly set?: Readonly<Record<string, string>>;
  /**
   * The words that count as success, in place of the declaration's; `"gone"` means that the task is not found any more.
   * Needed where the declaration has none.
   */
  readonly until?: string | readonly string[];
  /** Instead of the environment variable that the declaration names; a function is asked before every call. */
  readonly apiKey?: string | (() => string | Promise<string>);
  /**
   * Told once of each optional expression that could not be evaluated and counts as absent.
   *
   * @defaultValue `process.emitWarning`
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * Sees the tasks of a declared API. Making one does no I/O.
 *
 * @param api - From `defineTaskApi`, a declaration that comes with the package, or plain JSON.
 * @throws `InvalidOptionError` for a declaration or an option that can't be used, and for missing values of `set`
 * and `until`.
 *
 * @example
 * ```ts
 * const waiter = new TaskWaiter({ source: taskApiSource(rosStack, { regionId: "cn-hangzhou" }) });
 * await waiter.wait("c754d2a4-28f1-46df-b557-9586173a0000");
 * ```
 */
export function taskApiSource(
  api: TaskApi | object,
  options: TaskApiSourceOptions = {},
): TaskSource & ClosableSource {
  return new ApiSource(compileApi(api), options);
}

/** What a source of a declared API has besides. */
export interface ClosableSource extends AsyncDisposable {
  /** Closes the connections. A process can exit without it. */
  close(): Promise<void>;
}

class ApiSource implements TaskSource, ClosableSource {
  readonly api: { readonly name: string; readonly digest: string };
  readonly limits: SourceLimits;
  readonly maxIds?: number;
  describeMany?: (taskIds: readonly string[], options: CallOptions) => Promise<readonly Task[]>;
  list?: (query: TaskListQuery, options: CallOptions) => Promise<TaskPage>;
  readonly #compiled: CompiledApi;
  readonly #context: Parameters<typeof readAnswer>[2];
  readonly #set: Readonly<Record<string, string>>;
  readonly #quota: QuotaOptions;
  readonly #transport: Transport;

  constructor(compiled: CompiledApi, options: TaskApiSourceOptions) {
    const { api, reading, request, digest } = compiled;
    const { set = {}, until, apiKey, onWarning, ...callerOptions } = options;
    this.#compiled = compiled;
    this.#set = checkSet(set, request.setNames, api.name);
    this.#context = {
      reading,
      words: wordsUntil(reading.words, checkUntil(until), api.name),
      onFault: onceEach(
        onWarning ?? ((message) => process.emitWarning(message, { type: "TaskwaitWarning" })),
      ),
    };
    this.#quota = { client: callerOptions, apiKey, set: this.#set };
    this.#transport = transportOf(compiled, callerOptions, apiKey);
    this.api = { name: api.name, digest };
    this.limits = documentedLimits(api);
    if (api.ids !== undefined && api.ids.max > 1) {
      this.maxIds = api.ids.max;
      this.describeMany = (taskIds, { signal } = {}) => this.#describeMany(taskIds, signal);
    }
    if (api.list !== undefined) {
      this.list = (query, { signal } = {}) => this.#list(query, signal);
    }
  }

  get quotaKeys(): ReturnType<typeof quotaKeysOfApi> {
    return quotaKeysOfApi(this.#compiled, this.#quota);
  }

  checkTaskId(taskId: unknown): void {
    checkApiTaskId(taskId);
    const { api, request } = this.#compiled;
    // A signed API may take its region from credentials that only a call reads.
    if (api.request.style === "http") {
      request.prepare({
        taskIds: [taskId],
        set: this.#set,
        region: this.#quota.client.regionId,
        nowMs: Date.now(),
      });
    }
  }

  clockOffsetMs(): number | undefined {
    return this.#transport.clockAheadMs();
  }

  async describe(taskId: string, { signal }: CallOptions = {}): Promise<Task> {
    const found = await this.#find([taskId], signal);
    const finding = found.get(taskId);
    if (finding === undefined || isTaskNotFoundError(finding)) {
      throw finding ?? new TaskNotFoundError(`${this.api.name} found no task ${quoted(taskId)}`, { taskId });
    }
    return finding;
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #describeMany(taskIds: readonly string[], signal: AbortSignal | undefined): Promise<readonly Task[]> {
    if (taskIds.length > (this.maxIds ?? 1)) {
      throw new InvalidOptionError(
        `${this.api.name} takes at most ${this.maxIds} ids in a call, got ${taskIds.length}`,
      );
    }
    const found = await this.#find([...new Set(taskIds)], signal);
    return [...found.values()].filter((finding): finding is Task => !isTaskNotFoundError(finding));
  }

  async #find(
    taskIds: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, Finding>> {
    for (const taskId of taskIds) {
      checkApiTaskId(taskId);
    }
    const [taskId] = taskIds;
    const isOne = taskIds.length === 1;
    const subject = isOne
      ? `${this.api.name} ${quoted(taskId)}`
      : `${this.api.name} of ${taskIds.length} ids`;
    try {
      const answer = await this.#call(taskIds, subject, signal);
      return readAnswer(answer.json, taskIds, this.#context, answer);
    } catch (error) {
      if (
        isOne &&
        taskId !== undefined &&
        this.#context.words.wantsGone &&
        classifyError(error) === "notFound"
      ) {
        return new Map([[taskId, goneTask(taskId)]]);
      }
      throw error;
    }
  }

  #call(taskIds: readonly string[], subject: string, signal: AbortSignal | undefined): Promise<JsonAnswer> {
    const [taskId] = taskIds;
    const about = {
      subject,
      maxBytes: MAX_ANSWER_BYTES,
      ...(taskIds.length === 1 && taskId !== undefined ? { taskId } : {}),
    };
    const values = { taskIds, set: this.#set, nowMs: Date.now() };
    return this.#transport.call(
      (region) => this.#compiled.request.prepare({ ...values, region }),
      about,
      signal,
    );
  }

  async #list(query: TaskListQuery, signal: AbortSignal | undefined): Promise<TaskPage> {
    const { request } = this.#compiled;
    const status =
      query.taskStatus === undefined ? undefined : this.#context.words.onlyWordFor(query.taskStatus);
    const values = { taskIds: [], set: this.#set, nowMs: Date.now(), status, page: query.nextToken };
    const about = { subject: `${this.api.name}'s listing`, maxBytes: MAX_ANSWER_BYTES };
    const { json } = await this.#transport.call(
      (region) => request.prepareList({ ...values, region }),
      about,
      signal,
    );
    const page = readPage(json, Number(query.nextToken ?? 1), this.#context);
    const { taskStatus, taskType } = query;
    const tasks = page.tasks.filter(
      (task) =>
        (taskStatus === undefined || task.taskStatus === taskStatus) &&
        (taskType === undefined || task.taskType === taskType),
    );
    return { ...page, tasks };
  }
}

/** Tells once of each expression. */
function onceEach(tell: (message: string) => void): Parameters<typeof readAnswer>[2]["onFault"] {
  const told = new Set<string>();
  return ({ path, text }, error) => {
    if (!told.has(path)) {
      told.add(path);
      const why = printable(error instanceof Error ? error.message : String(error), 160);
      tell(`${path}: ${quoted(text)} counts as absent: ${why}`);
    }
  };
}
