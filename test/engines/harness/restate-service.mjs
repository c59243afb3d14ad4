// A process that serves the waits and an orchestration which uses them. Told by environment what and where.
import { createServer } from "node:http2";
import process from "node:process";
import { createEndpointHandler, service } from "@restatedev/restate-sdk";
import { BdrcClient } from "taskwait";
import { restateServices } from "taskwait/restate";

const { client, perSecond, shards, port } = JSON.parse(process.env.TASKWAIT_SERVICE);
const { services, waits } = restateServices({ source: new BdrcClient(client), perSecond, shards });
const flow = service({
  name: "Flow",
  handlers: {
    wait: async (context, request) => await context.serviceClient(waits).wait(request),
  },
  options: { inactivityTimeout: 0, retryPolicy: { initialInterval: 100, maxInterval: 1000 } },
});
createServer(createEndpointHandler({ services: [...services, flow] })).listen(port, "127.0.0.1");
