import type { ServiceDefinition, VirtualObjectDefinition } from "@restatedev/restate-sdk";
import type { PollerHandlers, QuotaHandlers, WaitHandlers } from "./handlers.ts";
import { type RestateServicesOptions, resolveServicesOptions } from "./options.ts";
import { pollerObject } from "./poller.ts";
import { quotaObject } from "./quota.ts";
import { waitService } from "./wait-service.ts";
import { ensureWithResolvers } from "./with-resolvers.ts";

/** What to serve, and what to call. */
export interface RestateServices {
  /** For `createEndpointHandler({ services: [...services, yours] })`. */
  readonly services: [
    ServiceDefinition<string, WaitHandlers>,
    VirtualObjectDefinition<string, PollerHandlers>,
    VirtualObjectDefinition<string, QuotaHandlers>,
  ];
  /** For `context.serviceClient(waits).wait({ taskId })`. */
  readonly waits: ServiceDefinition<string, WaitHandlers>;
}

/**
 * Waits that survive the machine: a service to call from any handler, the objects that poll, and the one that keeps
 * to the account's rate. All processes that serve them share that rate, and all callers that wait for one task
 * share its polls.
 *
 * Set `inactivityTimeout: 0` on handlers of yours that wait: otherwise each keeps one of the server's slots for a
 * minute.
 *
 * @throws `InvalidOptionError` naming the option, the rule and the value.
 *
 * @example
 * ```ts
 * const { services, waits } = restateServices({ source: new BdrcClient(), perSecond: 10 });
 * const nightly = restate.service({
 *   name: "Nightly",
 *   handlers: {
 *     run: async (context: restate.Context) => {
 *       const { taskId } = await context.run("start", () => client.updateResources());
 *       return await context.serviceClient(waits).wait({ taskId, timeout: "2h" });
 *     },
 *   },
 *   options: { inactivityTimeout: 0 },
 * });
 * restate.serve({ services: [...services, nightly] });
 * ```
 */
export function restateServices(options: RestateServicesOptions): RestateServices {
  ensureWithResolvers();
  const resolved = resolveServicesOptions(options);
  return {
    services: [waitService(resolved), pollerObject(resolved), quotaObject(resolved)],
    waits: resolved.waitService,
  };
}
