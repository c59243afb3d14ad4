// A page that shows tasks while they run; without an account:
//   npx taskwait emulate -- node examples/live-page/serve.mjs
// Then open the address that it prints.
// Account and region come from the environment, as for every client of taskwait.
import { once } from "node:events";
import { BdrcClient, TaskWaiter } from "taskwait";
import { makeLivePage } from "./live-page.mjs";

const client = new BdrcClient();
const waiter = new TaskWaiter({ source: client });
const page = makeLivePage({
  waiter,
  start: () => client.updateResources(),
  heartbeatMs: Number(process.env.HEARTBEAT_MS ?? 15_000),
});

page.server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
await once(page.server, "listening");
console.log(`http://127.0.0.1:${page.server.address().port}/`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    // Tasks go on without us, and can be followed again by their ids.
    await page.close();
    await waiter.close();
    await client.close();
  });
}
