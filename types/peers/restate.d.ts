// What the adapter uses of @restatedev/restate-sdk, so that it can be built without that. That this agrees with the
// real types is checked where the real ones are installed: test/engines/tsconfig.json.
declare module "@restatedev/restate-sdk" {
  export interface RestatePromise<T> extends Promise<T> {}
  export interface VirtualObjectDefinition<P extends string, M> {
    name: P;
    /** Never there; it binds the type. */
    readonly __handlers?: M;
  }
  export interface ServiceDefinition<P extends string, M> {
    name: P;
    readonly __handlers?: M;
  }
  export interface SendOpts<I> {
    getOpts(): { delay?: number; input?: unknown & I };
  }
  // biome-ignore lint/suspicious/noExplicitAny: as the SDK has it.
  type Arg = any;
  export type Client<M> = {
    [K in keyof M]: M[K] extends (ctx: Arg, ...args: infer P) => PromiseLike<infer O>
      ? (...args: P) => RestatePromise<O>
      : never;
  };
  export type SendClient<M> = {
    [K in keyof M]: M[K] extends (ctx: Arg, ...args: infer P) => unknown
      ? (...args: [...P, ...[opts?: SendOpts<P extends [infer A] ? A : unknown>]]) => unknown
      : never;
  };
  export interface Context {
    readonly rand: { random(): number };
    readonly date: { now(): Promise<number> };
    request(): { readonly attemptCompletedSignal: AbortSignal };
    run<T>(name: string, action: () => Promise<T> | T): RestatePromise<T>;
    sleep(duration: number): RestatePromise<void>;
    awakeable<T>(): { readonly id: string; readonly promise: RestatePromise<T> };
    resolveAwakeable<T>(id: string, payload?: T): void;
    serviceClient<M>(definition: ServiceDefinition<string, M>): Client<M>;
    objectClient<M>(definition: VirtualObjectDefinition<string, M>, key: string): Client<M>;
    objectSendClient<M>(definition: VirtualObjectDefinition<string, M>, key: string): SendClient<M>;
  }
  export interface ObjectSharedContext extends Context {
    readonly key: string;
    get<T>(name: string): Promise<T | null>;
  }
  export interface ObjectContext extends ObjectSharedContext {
    set<T>(name: string, value: T): void;
    clear(name: string): void;
  }
  export class TerminalError extends Error {
    readonly metadata?: Record<string, string>;
    constructor(message: string, options?: { errorCode?: number; metadata?: Record<string, string> });
  }
  export interface RetryPolicy {
    maxAttempts?: number;
    onMaxAttempts?: "pause" | "kill";
    initialInterval?: number;
    maxInterval?: number;
  }
  export interface ServiceOptions {
    journalRetention?: number;
    inactivityTimeout?: number;
    enableLazyState?: boolean;
    ingressPrivate?: boolean;
    retryPolicy?: RetryPolicy;
  }
  export function service<P extends string, M>(service: {
    name: P;
    handlers: M;
    options?: Omit<ServiceOptions, "enableLazyState">;
  }): ServiceDefinition<P, M>;
  export function object<P extends string, M>(object: {
    name: P;
    handlers: M;
    options?: ServiceOptions;
  }): VirtualObjectDefinition<P, M>;
  export const handlers: {
    readonly object: {
      shared<F>(handler: F): F;
    };
  };
  export const rpc: {
    sendOpts<I>(options: { delay?: number }): SendOpts<I>;
  };
}
