// What the adapter uses of bullmq; see restate.d.ts.
declare module "bullmq" {
  export class DelayedError extends Error {}
  export class UnrecoverableError extends Error {}
}
