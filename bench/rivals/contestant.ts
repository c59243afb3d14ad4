/** What one wait is asked to do, in terms that every library can be given. */
export interface Attempt {
  /** One poll of the task: its status, or what went wrong. */
  poll(signal?: AbortSignal): Promise<string>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The time between two polls, in milliseconds, where it must not be left to chance. */
  readonly gapMs?: number;
  /** Called at every poll, where the library has a callback for that. */
  readonly onPoll?: () => void;
}

/** A library that waits, as its users would use it: its own defaults but for the delays, which are short here. */
export interface Contestant {
  readonly name: string;
  readonly hasSignal: boolean;
  readonly hasTimeout: boolean;
  readonly hasCallback: boolean;
  /** Whether the library itself knows states, so that an unknown one or a failed one is its business. */
  readonly knowsStates: boolean;
  /** Resolves when the task is COMPLETE, and rejects otherwise. */
  wait(attempt: Attempt): Promise<unknown>;
  /** Two waits on one task, as the library means them to be made. */
  waitTwice(first: Attempt, second: Attempt): readonly [Promise<unknown>, Promise<unknown>];
  /** Waits, asks for the promise again after the end, and resolves when both have settled. */
  waitAgain?(attempt: Attempt): Promise<unknown>;
  /** Waits until a poll has failed, and goes on from what can be kept of that. */
  resume?(attempt: Attempt): Promise<unknown>;
}

/** The shortest and the longest delay between two polls, in milliseconds. */
export function delaysOf({ gapMs }: Attempt): { readonly minMs: number; readonly maxMs: number } {
  return { minMs: gapMs ?? 50, maxMs: gapMs ?? 400 };
}

/** For libraries in which two waits are two loops. */
export function apart(wait: Contestant["wait"]): Contestant["waitTwice"] {
  return (first, second) => [wait(first), wait(second)];
}
