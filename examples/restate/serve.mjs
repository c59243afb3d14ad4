// Serves the waits and an orchestration that uses them. Run any number of these behind one address.
import { createServer } from "node:http2";
import { createEndpointHandler, service } from "@restatedev/restate-sdk";
import { BdrcClient } from "taskwait";
import { outcomeOfTerminalError, restateServices } from "taskwait/restate";

const client = new BdrcClient();
// What the account may call, for all processes together.
const { services, waits } = restateServices({ source: client, perSecond: 10 });

const nightly = service({
  name: "Nightly",
  handlers: {
    updateAll: async (context) => {
      const { taskId } = await context.run("start", () => client.updateResources(), { maxRetryAttempts: 1 });
      try {
        const task = await context.serviceClient(waits).wait({ taskId, timeout: "2h" });
        return { taskId, result: task.result ?? null };
      } catch (error) {
        const outcome = outcomeOfTerminalError(error);
        if (outcome?.kind !== "failed") {
          throw error;
        }
        return { taskId, failed: outcome.error.message };
      }
    },
  },
  // A handler that waits gives its slot back at once; the default keeps it for a minute.
  options: { inactivityTimeout: 0 },
});

createServer(createEndpointHandler({ services: [...services, nightly] })).listen(9080, "127.0.0.1");
console.error(
  "serving on http://127.0.0.1:9080; register it: POST its uri to http://127.0.0.1:9070/deployments",
);
