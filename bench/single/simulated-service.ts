import type { TaskListQuery, TaskPage, TaskSource } from "../../src/task/source.ts";
import type { Task } from "../../src/task/task.ts";
import { normal, type Random } from "./seeded.ts";
import { roundTripMs, type SimulatedTask, taskAt } from "./simulated-task.ts";

/** A service that everybody asks in the same way: it answers after a round trip, and counts. */
export class SimulatedService implements TaskSource {
  readonly #random: Random;
  readonly #clockOffsetMs: number | undefined;
  readonly list?: (query: TaskListQuery) => Promise<TaskPage>;
  #task: SimulatedTask | undefined;
  calls = 0;

  /**
   * @param clockOffsetMs - What it lets its callers know of its clock.
   * @param list - Its listings; without them it has none.
   */
  constructor(random: Random, clockOffsetMs?: number, list?: (query: TaskListQuery) => TaskPage) {
    this.#random = random;
    this.#clockOffsetMs = clockOffsetMs;
    if (list !== undefined) {
      this.list = async (query) => {
        this.calls++;
        await new Promise((resolve) => setTimeout(resolve, Math.round(roundTripMs(normal(this.#random)))));
        return list(query);
      };
    }
  }

  /** The one task that it has now. */
  show(task: SimulatedTask): void {
    this.#task = task;
    this.calls = 0;
  }

  clockOffsetMs(): number | undefined {
    return this.#clockOffsetMs;
  }

  describe(taskId: string): Promise<Task> {
    const task = this.#task;
    if (task?.taskId !== taskId) {
      return Promise.reject(new Error(`no task ${taskId}`));
    }
    this.calls++;
    const callMs = Math.round(roundTripMs(normal(this.#random)));
    const seen = taskAt(task, Date.now() + callMs / 2);
    return new Promise((resolve) => {
      setTimeout(() => resolve(seen), callMs);
    });
  }
}
