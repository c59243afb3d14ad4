import * as z from "zod/mini";
import { Caller } from "../openapi/caller.ts";
import { type CallerOptions, checkCallerOptions } from "../openapi/caller-options.ts";
import { quotaPlace } from "../openapi/quota-place.ts";
import type { Operation } from "../openapi/request/operation.ts";
import type { Envelope } from "../openapi/response/envelope.ts";
import { abortSignal, checkOption, nonEmptyString, strictOptions } from "../options/check-options.ts";
import { checkTaskId } from "../options/task-id.ts";
import { isBdrcApiError } from "../task/errors.ts";
import type { CallOptions, QuotaKeys, TaskListQuery, TaskPage, TaskSource } from "../task/source.ts";
import type { Task } from "../task/task.ts";
import type { BdrcClientOptions } from "./client-options.ts";
import {
  checkRulesOperation,
  describeTaskOperation,
  describeTasksOperation,
  updateResourcesOperation,
} from "./operations.ts";
import { DEFAULT_REGION } from "./regions.ts";
import { pageOf, startedTaskOf, taskOf } from "./task-response.ts";

/** What to list, for {@link BdrcClient.describeTasks}. */
export interface DescribeTasksQuery extends TaskListQuery {
  /** One type, such as `UPDATE_RESOURCES`; absent lists all. A page may then hold fewer tasks than asked for. */
  readonly taskType?: string;
}

/** What to update, for {@link BdrcClient.updateResources}. */
export interface UpdateResourcesParameters {
  /** One type of resources, such as `ACS::OSS::Bucket`; absent updates all. */
  readonly resourceType?: string;
}

/** What to check, for {@link BdrcClient.checkRules}. */
export interface CheckRulesParameters {
  /** The resource, such as `acs:ecs:123:cn-shanghai:instance/i-001`. */
  readonly resourceArn: string;
  /** One rule; absent checks all. */
  readonly ruleId?: string;
}

/** A task that was just started. */
export interface StartedTask {
  readonly taskId: string;
}

const CALL_OPTIONS = strictOptions({ signal: z.exactOptional(abortSignal) });

const POSITIVE = "must be a whole number of at least 1";
const QUERY = strictOptions({
  taskStatus: z.exactOptional(nonEmptyString),
  taskType: z.exactOptional(nonEmptyString),
  // However long: a token goes back as it came.
  nextToken: z.exactOptional(nonEmptyString),
  maxResults: z.exactOptional(z.int(POSITIVE).check(z.gte(1, POSITIVE))),
});
const UPDATE_RESOURCES = strictOptions({ resourceType: z.exactOptional(nonEmptyString) });
const CHECK_RULES = strictOptions({ resourceArn: nonEmptyString, ruleId: z.exactOptional(nonEmptyString) });

/**
 * A client of the BDRC API 2023-08-08, as far as tasks go: it signs, calls and reads, with one set of
 * connections for all its calls. Making one does no I/O.
 *
 * Calls reject with `BdrcApiError` for what the service answered, `TaskNotFoundError` for an empty answer,
 * `ProtocolError` for one that is not as documented, `UnreachableError` when there was none in time,
 * `AccessDeniedError` when there are no credentials, `InvalidOptionError` for arguments that can't be used, and
 * with the signal's own reason after an abort.
 */
export class BdrcClient implements TaskSource {
  readonly #caller: Caller;
  readonly #options: CallerOptions;

  /** @throws `InvalidOptionError` naming the option, the rule and the value. */
  constructor(options: BdrcClientOptions = {}) {
    this.#options = checkCallerOptions(options, "BdrcClient");
    this.#caller = new Caller(this.#options);
  }

  /** What the service counts together: the calls of an account, in a region, of an operation. */
  get quotaKeys(): QuotaKeys {
    const { account, origin, regionId = DEFAULT_REGION } = quotaPlace(this.#options, process.env);
    const keyOf = (action: string) => JSON.stringify([account, origin ?? regionId, "BDRC", action]);
    return { describe: keyOf("DescribeTask"), list: keyOf("DescribeTasks") };
  }

  /** How a task is now, in exactly one HTTP call: a {@link TaskSource} repeats nothing by itself. */
  async describe(taskId: string, options: CallOptions = {}): Promise<Task> {
    checkTaskId(taskId);
    const { signal } = checkOption(CALL_OPTIONS, options, "describe:");
    const operation = describeTaskOperation(taskId);
    return taskOf((await this.#caller.call(operation, { signal })).body, operation);
  }

  /** A page of tasks, in exactly one HTTP call. */
  async list(query: TaskListQuery, options: CallOptions = {}): Promise<TaskPage> {
    const { signal } = checkOption(CALL_OPTIONS, options, "list:");
    const { operation, read } = listing("list", query);
    return read((await this.#caller.call(operation, { signal })).body);
  }

  /** How far the service's clock is ahead of this machine's, in milliseconds, by the `Date` of its last answer. */
  clockOffsetMs(): number | undefined {
    return this.#caller.clockAheadMs;
  }

  /**
   * How a task is now. Sent once more when the service refused only the request's date or nonce, or a token
   * that has since been renewed.
   */
  async describeTask(taskId: string, options: CallOptions = {}): Promise<Task> {
    checkTaskId(taskId);
    const { signal } = checkOption(CALL_OPTIONS, options, "describeTask:");
    const operation = describeTaskOperation(taskId);
    return taskOf(await this.#callTwice(operation, signal), operation);
  }

  /**
   * A page of tasks, in no documented order. The service gives 10 to 500 tasks a page, and takes other numbers
   * for the nearer of these. A task that comes without a usable id or status is left out of the page: that a
   * listing lacks a task proves nothing anyway. Repeated as {@link BdrcClient.describeTask} is.
   */
  async describeTasks(query: DescribeTasksQuery = {}, options: CallOptions = {}): Promise<TaskPage> {
    const { signal } = checkOption(CALL_OPTIONS, options, "describeTasks:");
    const { operation, read } = listing("describeTasks", query);
    return read(await this.#callTwice(operation, signal));
  }

  /**
   * Starts a task that updates the list of resources. Sent once more only when the service refused it before it ran,
   * for its date or an outdated token: the API has no way to start the same task twice safely.
   */
  async updateResources(
    parameters: UpdateResourcesParameters = {},
    options: CallOptions = {},
  ): Promise<StartedTask> {
    const { signal } = checkOption(CALL_OPTIONS, options, "updateResources:");
    const { resourceType } = checkOption(UPDATE_RESOURCES, parameters, "updateResources:");
    const operation = updateResourcesOperation(resourceType);
    return startedTaskOf(await this.#callTwice(operation, signal), operation);
  }

  /** Starts a task that checks a resource against one rule or all. Repeated as {@link BdrcClient.updateResources} is. */
  async checkRules(parameters: CheckRulesParameters, options: CallOptions = {}): Promise<StartedTask> {
    const { signal } = checkOption(CALL_OPTIONS, options, "checkRules:");
    const { resourceArn, ruleId } = checkOption(CHECK_RULES, parameters, "checkRules:");
    const operation = checkRulesOperation(resourceArn, ruleId);
    return startedTaskOf(await this.#callTwice(operation, signal), operation);
  }

  /**
   * Closes the connections, idle ones at once and the others when their calls have ended. A process can exit
   * without it. A later call opens new connections.
   */
  async close(): Promise<void> {
    this.#caller.close();
  }

  /** The same as {@link BdrcClient.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #callTwice(operation: Operation, signal: AbortSignal | undefined): Promise<Envelope> {
    try {
      return (await this.#caller.call(operation, { signal })).body;
    } catch (error) {
      if (isBdrcApiError(error) && error.resend) {
        return (await this.#caller.call(operation, { signal })).body;
      }
      throw error;
    }
  }
}

function listing(
  action: string,
  query: DescribeTasksQuery,
): { readonly operation: Operation; readonly read: (envelope: Envelope) => TaskPage } {
  const checked = checkOption(QUERY, query, `${action}:`);
  const operation = describeTasksOperation(checked);
  return { operation, read: (envelope) => pageOf(envelope, operation, checked.taskType) };
}
