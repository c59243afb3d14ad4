import { formatDurationMs, isStartUnknownError, startTimer, type TaskRun } from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { printError } from "../terminal/messages.ts";

/** The time of a run in which it has no task: says what becomes of its starts, and gives up when they take too long. */
export class StartPhase {
  readonly #task: TaskRun;
  readonly #budgetMs: number;
  #stopTimer: (() => void) | undefined;
  #notTaken: Error | undefined;
  #isGivenUp = false;

  /**
   * @param budgetMs - How long a start may go without being taken.
   * @param changed - Is told whenever what is known of the start changes.
   */
  constructor(task: TaskRun, budgetMs: number, quiet: boolean, changed: () => void) {
    this.#task = task;
    this.#budgetMs = budgetMs;
    if (task.taskId === undefined) {
      this.#begin();
    }
    task.on("startRetry", ({ error, delayMs }) => {
      changed();
      if (isStartUnknownError(error)) {
        this.end();
        this.#begin(delayMs);
        printError(
          `${describeError(error)}; unless one shows, it is sent again in ${formatDurationMs(delayMs)}`,
        );
        return;
      }
      this.#notTaken = error;
      if (!quiet) {
        printError(`not started: ${describeError(error)}; asking again in ${formatDurationMs(delayMs)}`);
      }
    });
    task.on("started", ({ taskId, adopted }) => {
      changed();
      this.end();
      if (adopted) {
        printError(`the answer got lost; the listing shows one new task, ${taskId}: taking that for it`);
      } else if (!quiet) {
        printError(`started ${taskId}`);
      }
    });
    task.on("again", ({ attempt, taskId, error, delayMs }) => {
      changed();
      this.#begin();
      if (!quiet) {
        printError(
          `attempt ${attempt}, ${taskId}: ${describeError(error)}; starting again in ${formatDurationMs(delayMs)}`,
        );
      }
    });
  }

  /** Whether the start took too long. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Why the last start was not taken, if that is certain. */
  get notTaken(): Error | undefined {
    return this.#task.checkpoint().sentAtMs === undefined ? this.#notTaken : undefined;
  }

  end(): void {
    this.#stopTimer?.();
  }

  /** @param heldMs - For how long nothing is sent. */
  #begin(heldMs = 0): void {
    this.#notTaken = undefined;
    this.#stopTimer = startTimer(heldMs + this.#budgetMs, () => {
      this.#isGivenUp = true;
      this.#task.abandon(new Error(`no start was taken within ${formatDurationMs(this.#budgetMs)}`));
    });
  }
}
