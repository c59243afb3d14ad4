import { type ServiceDefinition, service, TerminalError } from "@restatedev/restate-sdk";
import type { OutcomeRecord } from "../durable/outcome-record.ts";
import { toOutcomeRecord } from "../durable/to-outcome-record.ts";
import { beginRequest, refusalOf, type WaitRequest } from "../durable/wait-request.ts";
import { decideTimeout } from "../policy/decide/decide.ts";
import type { ResolvedWaitOptions } from "../policy/state/wait-options.ts";
import type { WaitState } from "../policy/state/wait-state.ts";
import type { Task } from "../task/task.ts";
import type { PollerHandlers, WaitHandlers } from "./handlers.ts";
import { type ResolvedServicesOptions, shardOf } from "./options.ts";
import { terminalErrorOf } from "./outcome-error.ts";
import { INTERNAL } from "./quota.ts";

/** The service that waits: it subscribes with the task's poller and sleeps until that wakes it up. */
export function waitService(options: ResolvedServicesOptions): ServiceDefinition<string, WaitHandlers> {
  const { poller, waitService: own, defaults } = options;
  const handlers: WaitHandlers = {
    wait: async (context, request) => {
      const begun = begin(request, defaults, await context.date.now());
      const { state } = begun;
      if (state.ended !== undefined) {
        return resultOf(endOf(state));
      }
      const { id, promise } = context.awakeable<OutcomeRecord>();
      const shard = shardOf(state.taskId, options);
      context.objectSendClient<PollerHandlers>(poller, shard).add({ awakeableId: id, ...begun });
      let record: OutcomeRecord;
      try {
        record = await promise;
      } catch (error) {
        // Cancelled: nobody but this tells the poller. A message, because a call would be cancelled along with its
        // caller should that be told twice.
        context
          .objectSendClient<PollerHandlers>(poller, shard)
          .remove({ taskId: state.taskId, awakeableId: id });
        throw error;
      }
      return resultOf(record);
    },
  };
  // A wait that did not give its slot back at once would keep one of the server's thousand for a minute.
  return service({
    name: own.name,
    handlers,
    options: { inactivityTimeout: 0, retryPolicy: INTERNAL.retryPolicy },
  });
}

function begin(request: WaitRequest, defaults: ResolvedWaitOptions, nowMs: number) {
  try {
    return beginRequest(request, defaults, nowMs);
  } catch (error) {
    const metadata = { "taskwait.code": "INVALID_OPTION" };
    throw new TerminalError(refusalOf(error), { errorCode: 400, metadata });
  }
}

function endOf(state: WaitState): OutcomeRecord {
  const decision = decideTimeout(state, state.nextPollAtMs);
  return decision.kind === "settle"
    ? toOutcomeRecord(decision.outcome)
    : { kind: "aborted", error: { name: "Error", message: "the wait had not ended" } };
}

function resultOf(record: OutcomeRecord): Task {
  if (record.kind === "complete" && record.task !== undefined) {
    return record.task;
  }
  throw terminalErrorOf(record);
}
