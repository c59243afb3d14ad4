import { Caller } from "../../openapi/caller.ts";
import type { CallerOptions } from "../../openapi/caller-options.ts";
import { namedEndpoint } from "../../openapi/endpoint/endpoint.ts";
import type { RoaRequest, RpcRequest } from "../format/task-api.ts";
import { environmentOfApis } from "./endpoint-of-apis.ts";
import type { Transport } from "./transport.ts";

/** Calls of an Alibaba Cloud OpenAPI, signed. */
export function signedTransport(request: RpcRequest | RoaRequest, options: CallerOptions): Transport {
  const environment = environmentOfApis();
  const caller = new Caller(options, environment);
  const { style, action, version } = request;
  return {
    insteadOrigin: namedEndpoint(options, environment)?.origin,
    call: async (prepare, about, signal) => {
      const region = (await caller.region())?.regionId;
      const { method, origin, path, query } = prepare(region);
      const operation = {
        style,
        action,
        version,
        method,
        path,
        query,
        host: origin,
        readOnly: true,
        ...about,
      };
      const { httpStatus, body } = await caller.call(operation, { signal });
      return { httpStatus, json: body };
    },
    clockAheadMs: () => caller.clockAheadMs,
    close: async () => caller.close(),
  };
}
