import { afterEach, describe, expect, it } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import { waitForTask } from "../../src/index.ts";
import { startCli } from "./harness/command.ts";

const running: ReturnType<typeof startCli>[] = [];
afterEach(async () => {
  for (const { child, done } of running.splice(0)) {
    child.kill("SIGINT");
    await done;
  }
});

/** Starts `taskwait emulate` and reads what it prints as a shell would. */
async function emulate(...flags: string[]): Promise<{ client: BdrcClient; stop(): Promise<string> }> {
  const command = startCli(["emulate", ...flags], {});
  running.push(command);
  let text = "";
  command.child.stdout.on("data", (chunk: string) => {
    text += chunk;
  });
  await command.until(/Ctrl-C stops it/);
  await command.until(/ENDPOINT=.*\n/, "stdout");
  const variable = (name: string) =>
    new RegExp(`^export ALIBABA_CLOUD_${name}='?([^'\n]+)`, "m").exec(text)?.[1] ?? "";
  const client = new BdrcClient({
    endpoint: variable("ENDPOINT"),
    regionId: variable("REGION_ID"),
    accessKeyId: variable("ACCESS_KEY_ID"),
    accessKeySecret: variable("ACCESS_KEY_SECRET"),
  });
  const stop = async () => {
    await client.close();
    command.child.kill("SIGINT");
    return (await command.done).stderr;
  };
  return { client, stop };
}

describe("the flags of taskwait emulate", () => {
  it("limit the calls of a window, tell the time to wait, and slow the answers, one line for each request", async () => {
    const { client, stop } = await emulate(
      "--qps",
      "2",
      "--window",
      "1h",
      "--retry-after",
      "--fault",
      "latency=30..60",
    );
    const before = performance.now();
    for (let n = 0; n < 2; n += 1) {
      await client.describeTasks();
    }
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
    const error = await client.describeTasks().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ httpStatus: 400, apiCode: "Throttling.User" });
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);

    const lines = (await stop()).split("\n").filter((line) => line.includes("/api/v1/tasks"));
    expect(lines.map((line) => line.replace(/^[\d:.]+ /, ""))).toEqual([
      "GET /api/v1/tasks DescribeTasks 200 (latency)",
      "GET /api/v1/tasks DescribeTasks 200 (latency)",
      "GET /api/v1/tasks DescribeTasks 400 Throttling.User (latency)",
    ]);
  });

  it("make tasks so many times as quick", async () => {
    const { client, stop } = await emulate("--speed", "20", "--quiet");
    const began = performance.now();
    const { taskId } = await client.updateResources();
    await waitForTask(taskId, { client });
    // Ten seconds otherwise.
    expect(performance.now() - began).toBeGreaterThanOrEqual(490);
    expect(performance.now() - began).toBeLessThan(8000);
    await stop();
  });

  it("make the same tasks from the same seed", async () => {
    const scenario = "examples/scenarios/usual-day.json";
    const ends: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { client, stop } = await emulate("--seed", "7", "--quiet", "--scenario", scenario);
      const { taskId } = await client.updateResources();
      ends.push(taskId);
      expect((await stop()).split("\n")).toHaveLength(2);
    }
    expect(ends[0]).toBe(ends[1]);
  });

  it("serve HTTPS, which nobody trusts unasked", async () => {
    const { client, stop } = await emulate("--tls");
    await expect(client.describeTasks()).rejects.toMatchObject({ name: "UnreachableError" });
    expect(await stop()).toMatch(/^taskwait: nobody trusts its certificate: --certificate FILE /m);
  });
});
