import { ProtocolError, TaskNotFoundError, TaskWaiter } from "taskwait";

/** HBR's words for a task's state; everything else is a task that still runs. */
const STATUS = { created: "CREATED", completed: "COMPLETE", expired: "EXPIRED", cancelled: "CANCELED" };

/**
 * Tasks of Cloud Backup (HBR 2017-09-08, DescribeTask), for taskwait to wait for.
 *
 * HBR tells the state in `description` and failure by a progress of -1, counts progress to 100, and reports its own
 * errors with HTTP 200 and `success: false`.
 *
 * @implements {import("taskwait").TaskSource}
 */
export class HbrTaskSource {
  #client;

  /** @param client - A client of the official SDK, `@alicloud/hbr20170908`. */
  constructor(client) {
    this.#client = client;
  }

  async describe(taskId, { signal } = {}) {
    signal?.throwIfAborted();
    const { body } = await this.#client.describeTask({ taskId });
    if (body?.success === false) {
      throw hbrError(taskId, body);
    }
    if (typeof body?.description !== "string") {
      throw new ProtocolError(`HBR DescribeTask ${taskId}: description is missing`, { taskId });
    }
    const failed = body.progress === -1;
    const progress = typeof body.progress === "number" && !failed ? body.progress : undefined;
    return {
      taskId,
      taskStatus: failed ? "FAILED" : (STATUS[body.description] ?? "RUNNING"),
      ...(progress === undefined ? {} : { progress: 100 * progress, percent: progress }),
      ...(failed ? { errorMessage: body.message ?? "HBR reports progress -1" } : {}),
    };
  }
}

/** Errors under the names that taskwait understands: `apiCode` and `httpStatus` say what they mean for a wait. */
function hbrError(taskId, { code, message }) {
  if (/NotFound|NotExist/.test(code)) {
    return new TaskNotFoundError(`HBR knows no task ${taskId}: ${code}`, { taskId });
  }
  return Object.assign(new Error(`HBR DescribeTask ${taskId}: ${code}: ${message}`), {
    apiCode: String(code),
    httpStatus: 400,
  });
}

/** One waiter for all HBR tasks of a process: they share its rate. */
export function hbrWaiter(client) {
  return new TaskWaiter({ source: new HbrTaskSource(client) });
}
