/**
 * A task as the page shows it, after one more record of its wait. The server keeps this for those who come later, and each
 * browser does the same with the records that it gets.
 */
export function taskViewAfter(view, record) {
  const { task = view.task, taskId } = record;
  switch (record.event) {
    case "progress":
      return { taskId, task, etaMs: record.etaMs };
    case "retry":
    case "throttled":
      return { ...view, trouble: record.error.message };
    case "settled":
      return { taskId, task, outcome: record.outcome, error: record.error?.message };
    default:
      return { ...view, taskId, task, trouble: undefined };
  }
}
