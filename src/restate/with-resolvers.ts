interface WithResolvers {
  withResolvers?: unknown;
}

/**
 * Gives Node 20 the `Promise.withResolvers` that the Restate SDK calls since 1.14. Without it every invocation fails
 * and is tried again without end. Newer versions of Node keep their own.
 */
export function ensureWithResolvers(): void {
  const host = Promise as WithResolvers;
  host.withResolvers ??= function withResolvers<T>(this: PromiseConstructor) {
    let resolve: ((value: T | PromiseLike<T>) => void) | undefined;
    let reject: ((reason?: unknown) => void) | undefined;
    const promise = new this<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    return { promise, resolve, reject };
  };
}
