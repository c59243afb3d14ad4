// What the adapter uses of @temporalio/*; see restate.d.ts.
declare module "@temporalio/common" {
  export class ApplicationFailure extends Error {
    readonly type?: string | null;
    readonly details?: unknown[] | null;
    static create(options: {
      message?: string;
      type?: string;
      nonRetryable?: boolean;
      details?: unknown[];
      nextRetryDelay?: number;
      cause?: Error;
    }): ApplicationFailure;
  }
}
declare module "@temporalio/activity" {
  export interface Context {
    readonly info: {
      readonly heartbeatDetails?: unknown;
      readonly heartbeatTimeoutMs?: number;
      readonly currentAttemptScheduledTimestampMs: number;
    };
    readonly cancelled: Promise<never>;
    readonly cancellationSignal: AbortSignal;
    heartbeat(details?: unknown): void;
  }
  export const Context: { current(): Context };
}
declare module "@temporalio/workflow" {
  export { ApplicationFailure } from "@temporalio/common";
  export interface ActivityOptions {
    taskQueue?: string;
    startToCloseTimeout?: string | number;
    scheduleToCloseTimeout?: string | number;
    heartbeatTimeout?: string | number;
    retry?: {
      initialInterval?: string | number;
      maximumInterval?: string | number;
      backoffCoefficient?: number;
      maximumAttempts?: number;
    };
  }
  export function proxyActivities<A>(options: ActivityOptions): A;
}
