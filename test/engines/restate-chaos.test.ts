import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import { isTaskFailedError } from "taskwait";
import { type Emulator, startEmulator } from "taskwait/emulator";
import { restateClient } from "taskwait/restate";
import { afterEach, describe, expect, it } from "vitest";
import { accountOf, idOf, mostInASecond } from "./harness/account.ts";
import { startBalancer } from "./harness/balancer.ts";
import { findRestate, isThere } from "./harness/engine.ts";
import { eventually, freePort, type Started, sleep, start } from "./harness/processes.ts";
import { RestateServer } from "./harness/restate-server.ts";

const binary = findRestate();
const isInstalled = isThere("Restate", binary, "npm run test:engines installs it");

describe.skipIf(!isInstalled)("Restate with processes that die", () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) {
      await close();
    }
  });

  async function setUp(tasks: number, perSecond: number, seconds: number) {
    const emulator: Emulator = await startEmulator(accountOf(tasks, perSecond, seconds));
    open.push(() => emulator.stop());
    const server = await RestateServer.start(binary as string);
    open.push(() => server.stop());
    const ports = [await freePort(), await freePort()] as const;
    const spawn = (index: number): Started =>
      start(process.execPath, [`${import.meta.dirname}/harness/restate-service.mjs`], {
        RESTATE_LOGGING: "ERROR",
        TASKWAIT_SERVICE: JSON.stringify({
          client: emulator.clientOptions,
          perSecond,
          shards: 4,
          port: ports[index],
        }),
      });
    const services = [spawn(0), spawn(1)];
    open.push(async () => {
      await Promise.all(services.map((one) => one.kill()));
    });
    const port = await freePort();
    const balancer = await startBalancer(port, ports);
    open.push(() => balancer.stop());
    await server.register(`http://127.0.0.1:${port}`);
    const restart = async (index: 0 | 1, afterMs: number) => {
      await services[index]?.kill();
      await sleep(afterMs);
      services[index] = spawn(index);
      await untilServed(ports[index]);
    };
    return { emulator, server, restart };
  }

  const untilServed = (port: number): Promise<void> =>
    eventually("a service's start", async () => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect").finally(() => socket.destroy());
    });

  async function waitForAll(ingress: string, tasks: number): Promise<Map<string, number>> {
    const client = restateClient({ ingress, name: "Flow" });
    const counts = new Map<string, number>();
    const one = async (n: number) => {
      const ended = await client.wait(idOf(n), { timeout: "5m" }).then(
        (task) => (task.taskId === idOf(n) ? task.taskStatus : "another task"),
        (error: unknown) => (isTaskFailedError(error) && n % 10 === 0 ? "FAILED" : String(error)),
      );
      counts.set(ended, (counts.get(ended) ?? 0) + 1);
    };
    await Promise.all(Array.from({ length: tasks }, (_, n) => one(n)));
    return counts;
  }

  it("brings 400 orchestrations to their right ends, within the rate, through eight kills", async () => {
    const { emulator, server, restart } = await setUp(400, 80, 40);
    const all = waitForAll(server.ingress, 400);
    const kills = (async () => {
      // What is killed has calls to make.
      await eventually("the first call", async () => expect(emulator.requests()).not.toEqual([]), 60_000);
      for (let kill = 0; kill < 7; kill++) {
        await restart(kill % 2 === 0 ? 0 : 1, 700);
        await sleep(1300);
        if (kill === 3) {
          await server.crash();
        }
      }
    })();
    const [counts] = await Promise.all([all, kills]);
    expect(Object.fromEntries(counts)).toEqual({ COMPLETE: 360, FAILED: 40 });
    expect(emulator.counters("DescribeTask").throttled).toBe(0);
    expect(mostInASecond(emulator)).toBeLessThanOrEqual(80);
  });

  it("brings 1,000 waits at 100 calls a second to their right ends", async () => {
    const { emulator, server } = await setUp(1000, 100, 10);
    expect(Object.fromEntries(await waitForAll(server.ingress, 1000))).toEqual({
      COMPLETE: 900,
      FAILED: 100,
    });
    expect(emulator.counters("DescribeTask").throttled).toBe(0);
  });
});
