import { printable, type Task } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { printError } from "../terminal/messages.ts";
import type { ResultQuery } from "../terminal/result-writer.ts";
import { loadApis } from "./load-api.ts";

/**
 * What `--query` asks of results. What evaluates it is loaded only where there is one.
 *
 * @throws `InvalidOptionError` for what is no expression.
 */
export async function loadQuery({
  query: text,
}: Pick<WaitFlags, "query">): Promise<{ readonly query?: ResultQuery }> {
  if (text === undefined) {
    return {};
  }
  const { compileExpression } = await loadApis();
  const { evaluate } = compileExpression(text, "--query", "any");
  return { query: (task) => answer(task, evaluate) };
}

/** Null where the expression gives nothing, or can't be used on this result, which is said. */
function answer({ taskId, result, taskResult }: Task, evaluate: (value: unknown) => unknown): unknown {
  try {
    return evaluate(result ?? taskResult ?? null) ?? null;
  } catch (error) {
    printError(
      `warning: ${printable(taskId)}: --query can't be used on this result: ${describeError(error)}`,
    );
    return null;
  }
}
