import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(import.meta.dirname, ".consumers-"));
const tsc = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

const RESTATE = `
import { type Context, createEndpointHandler, service } from "@restatedev/restate-sdk";
import { outcomeOfTerminalError, restateServices } from "taskwait/restate";
const { services, waits } = restateServices({ source: new taskwait.BdrcClient(), perSecond: 8 });
const nightly = service({
  name: "Nightly",
  handlers: {
    wait: async (context: Context, taskId: string): Promise<string> => {
      const task = await context.serviceClient(waits).wait({ taskId, timeout: "2h" });
      // @ts-expect-error A request that names no task is refused.
      await context.serviceClient(waits).wait({});
      return task.taskStatus;
    },
  },
});
export const handler = createEndpointHandler({ services: [...services, nightly] });
export const outcome: taskwait.Outcome | undefined = outcomeOfTerminalError(new Error());
`;

const OTHERS = `
import { proxyActivities } from "@temporalio/workflow";
import { Queue, QueueEvents, Worker } from "bullmq";
const source = new taskwait.BdrcClient();
const connection = { host: "127.0.0.1", port: 6379 };
export const worker = new Worker("tasks", bullmq.taskProcessor({ source }), {
  connection,
  ...bullmq.taskWorkerOptions({ perSecond: 8 }),
});
const ends = { queue: new Queue("tasks", { connection }), queueEvents: new QueueEvents("tasks", { connection }) };
const wait = new bullmq.TaskQueue(ends).wait("t-1");
export const task: Promise<taskwait.Task> = wait;
// @ts-expect-error A queue without its events is refused.
new bullmq.TaskQueue({ queue: ends.queue });
const { pollTask } = proxyActivities<temporal.TaskActivities>({ startToCloseTimeout: "1 minute" });
export const polled = pollTask({ taskId: "t-1" });
// @ts-expect-error A request that names no task is refused.
pollTask({});
export const waited: Promise<taskwait.Task> = workflow.waitForTask({ taskId: "t-1" });
`;

const ENTRIES = [
  ["taskwait", "taskwait"],
  ["bullmq", "taskwait/bullmq"],
  ["temporal", "taskwait/temporal"],
  ["workflow", "taskwait/temporal/workflow"],
] as const;

beforeAll(() => {
  const imports = ENTRIES.map(([name, from]) => `import * as ${name} from "${from}";`);
  const requires = ENTRIES.map(([name, from]) => `import ${name} = require("${from}");`);
  writeFileSync(join(folder, "consumer.mts"), [...imports, OTHERS, RESTATE].join("\n"));
  writeFileSync(join(folder, "consumer.cts"), [...requires, OTHERS].join("\n"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// Where the package's own tests have only what the adapters use of their peers. Not all of the peers' declarations pass
// a check themselves.
describe("a consumer of the adapters type-checks against the peers' own types", () => {
  it.each([
    ["consumer.mts", "nodenext", "nodenext"],
    ["consumer.cts", "nodenext", "nodenext"],
    // Restate's SDK is another copy for require(), which is why its adapter is not there.
    ["consumer.mts", "preserve", "bundler"],
    ["consumer.cts", "preserve", "bundler"],
  ])("%s, module %s, resolution %s", (file, module, moduleResolution) => {
    const compilerOptions = {
      module,
      moduleResolution,
      target: "es2022",
      lib: ["es2022", "esnext.disposable"],
      types: ["node"],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
