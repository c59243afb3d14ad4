type Attributes = Readonly<Record<string, unknown>>;

function payloads(value: unknown) {
  const encode = (text: string) => Buffer.from(text).toString("base64");
  return {
    payloads: [{ metadata: { encoding: encode("json/plain") }, data: encode(JSON.stringify(value)) }],
  };
}

/** The events up to the end of the workflow's first step. */
function beginHistory(args: readonly unknown[]) {
  const events: object[] = [];
  const add = (eventType: string, attributesName: string, attributes: Attributes) => {
    events.push({
      eventId: String(events.length + 1),
      eventTime: new Date(Date.UTC(2026, 0, 1) + events.length * 1000).toISOString(),
      eventType: `EVENT_TYPE_${eventType}`,
      [`${attributesName}EventAttributes`]: attributes,
    });
  };
  const taskQueue = { name: "tasks", kind: "TASK_QUEUE_KIND_NORMAL" };
  // Without its flags a replay does not notice that an activity is another one.
  const workflowTask = (isFirst: boolean) => {
    const scheduledEventId = String(events.length + 1);
    add("WORKFLOW_TASK_SCHEDULED", "workflowTaskScheduled", {
      taskQueue,
      startToCloseTimeout: "10s",
      attempt: 1,
    });
    add("WORKFLOW_TASK_STARTED", "workflowTaskStarted", { scheduledEventId });
    add("WORKFLOW_TASK_COMPLETED", "workflowTaskCompleted", {
      scheduledEventId,
      startedEventId: String(events.length),
      ...(isFirst ? { sdkMetadata: { coreUsedFlags: [1, 2, 3] } } : {}),
    });
  };
  add("WORKFLOW_EXECUTION_STARTED", "workflowExecutionStarted", {
    workflowType: { name: "followTask" },
    taskQueue,
    input: { payloads: args.flatMap((one) => payloads(one).payloads) },
    originalExecutionRunId: "00000000-0000-4000-8000-000000000001",
    firstExecutionRunId: "00000000-0000-4000-8000-000000000001",
    attempt: 1,
    workflowTaskTimeout: "10s",
  });
  workflowTask(true);
  return { events, add, workflowTask, taskQueue };
}

/** The history of a workflow `followTask` that failed in its first step, which Temporal must not have tried again. */
export function refusedHistory(args: readonly unknown[], type: string): object {
  const { events, add } = beginHistory(args);
  add("WORKFLOW_EXECUTION_FAILED", "workflowExecutionFailed", {
    failure: {
      message: "refused",
      source: "TypeScriptSDK",
      applicationFailureInfo: { type, nonRetryable: true },
    },
    workflowTaskCompletedEventId: String(events.length),
  });
  return { events };
}

/**
 * The history of a workflow `followTask` that ran one activity and ended with a result, as Temporal would have kept it.
 *
 * @param activityType - What the activity is called in it.
 * @param activity - How it ended: with a result, or with an `ApplicationFailure`.
 * @param result - Of the workflow.
 */
export function historyOf(
  activityType: string,
  activity: { readonly result: unknown } | { readonly type: string; readonly details: readonly unknown[] },
  result: unknown,
): object {
  const { events, add, workflowTask, taskQueue } = beginHistory(["t-1"]);
  const scheduledEventId = String(events.length + 1);
  add("ACTIVITY_TASK_SCHEDULED", "activityTaskScheduled", {
    activityId: "1",
    activityType: { name: activityType },
    taskQueue,
    workflowTaskCompletedEventId: String(events.length),
  });
  add("ACTIVITY_TASK_STARTED", "activityTaskStarted", { scheduledEventId, attempt: 1 });
  const startedEventId = String(events.length);
  if ("result" in activity) {
    const completed = { scheduledEventId, startedEventId, result: payloads(activity.result) };
    add("ACTIVITY_TASK_COMPLETED", "activityTaskCompleted", completed);
  } else {
    const details = { payloads: activity.details.flatMap((one) => payloads(one).payloads) };
    add("ACTIVITY_TASK_FAILED", "activityTaskFailed", {
      scheduledEventId,
      startedEventId,
      retryState: "RETRY_STATE_NON_RETRYABLE_FAILURE",
      failure: {
        message: "the task has failed",
        source: "TypeScriptSDK",
        applicationFailureInfo: { type: activity.type, nonRetryable: true, details },
      },
    });
  }
  workflowTask(false);
  add("WORKFLOW_EXECUTION_COMPLETED", "workflowExecutionCompleted", {
    result: payloads(result),
    workflowTaskCompletedEventId: String(events.length),
  });
  return { events };
}
