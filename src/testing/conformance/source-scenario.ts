import type { TaskSource } from "../../task/source.ts";
import type { Task } from "../../task/task.ts";

/** What the service behind a source is to be like in one test. */
export interface SourceScenario {
  /** The tasks that exist. Their ids are the service's to choose. */
  readonly tasks: readonly Omit<Task, "taskId" | "percent" | "detail" | "result">[];
  /**
   * What happens to every call: it is never answered, the caller is asked to wait for 1,500 ms, the caller's key
   * is refused, or the service answers that it is unavailable. Default: nothing.
   */
  readonly fault?: "hang" | "throttle" | "deny" | "unavailable";
}

/** A source over a service as a {@link SourceScenario} wants it. */
export interface SourceUnderTest {
  readonly source: TaskSource;
  /** The ids of the scenario's tasks, in its order. */
  readonly taskIds: readonly string[];
  /** How many calls have reached the service. Left out, the tests of that are skipped. */
  requests?(): number;
  /** Frees what the source holds. */
  close?(): Promise<void> | void;
}

/** Makes a source for one test. */
export type MakeSource = (scenario: SourceScenario) => SourceUnderTest | Promise<SourceUnderTest>;
