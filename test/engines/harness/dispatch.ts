import type { Task, TaskSource } from "taskwait";

/**
 * One source for services that live longer than one test: the part of an id before the dot names the source that the
 * rest is for.
 */
export class DispatchSource implements TaskSource {
  readonly #names = new Map<TaskSource, string>();
  readonly #sources = new Map<string, TaskSource>();

  /** The id under which a task of another source is seen here. */
  idOf(source: TaskSource, taskId: string): string {
    let name = this.#names.get(source);
    if (name === undefined) {
      name = `s${this.#names.size}x${Math.random().toString(36).slice(2, 8)}`;
      this.#names.set(source, name);
      this.#sources.set(name, source);
    }
    return `${name}.${taskId}`;
  }

  async describe(id: string, options: { readonly signal?: AbortSignal }): Promise<Task> {
    const [name = "", ...rest] = id.split(".");
    const taskId = rest.join(".");
    const task = await (this.#sources.get(name) as TaskSource).describe(taskId, options);
    return task?.taskId === taskId ? { ...task, taskId: id } : task;
  }
}
