// What the declarations need, whatever "lib" and "target" a consumer has.
/// <reference lib="es2023" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Waits in Restate: they survive crashes of processes and of the server, spread over machines, and keep to one rate.
 * Needs the optional peer `@restatedev/restate-sdk`.
 *
 * @packageDocumentation
 */
export type { PortableWaitOptions } from "../durable/step.ts";
export type { WaitRequest } from "../durable/wait-request.ts";
export {
  type RestateClient,
  type RestateClientOptions,
  type RestateWaitOptions,
  restateClient,
} from "./client.ts";
export type {
  PollerHandlers,
  QuotaHandlers,
  Slot,
  Subscription,
  WaitHandlers,
} from "./handlers.ts";
export type { RestateServicesOptions } from "./options.ts";
export { outcomeOfTerminalError } from "./outcome-error.ts";
export { type RestateServices, restateServices } from "./services.ts";
