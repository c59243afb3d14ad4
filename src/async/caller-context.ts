/** Runs a function in the asynchronous context that was captured. */
export type RunInContext = (run: () => void) => void;

interface AsyncHooks {
  readonly AsyncLocalStorage?: { snapshot?(): RunInContext };
}

// Only a server has it: a browser has no such contexts, and nothing here may import Node.
const host = globalThis as {
  readonly process?: { getBuiltinModule?(name: string): AsyncHooks | undefined };
};
const storage = host.process?.getBuiltinModule?.("async_hooks")?.AsyncLocalStorage;

/**
 * Captures what every `AsyncLocalStorage` holds where this is called. Waits share timers and calls, which run in the
 * context of whichever wait came first.
 */
export function captureContext(): RunInContext {
  return storage?.snapshot?.() ?? ((run) => run());
}
