import process from "node:process";
import { describe, expect, it } from "vitest";
import { LIBRARY, runCli } from "./harness/command.ts";
import { type Manner, startProxy, startStalledTls, startUntrustedTls } from "./harness/network.ts";
import { startShell, wrongClock } from "./harness/shell.ts";
import { startedEmulators } from "./started-emulators.ts";

const open = startedEmulators({ starts: { UPDATE_RESOURCES: { durationMs: 300 } } });
const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };
const START = ["start", "update-resources", "-q", "--outage-budget", "2s", "--poll-timeout", "1s"];

describe("a start that can't have left says that nothing was started", () => {
  it("where the certificate is not trusted, at once and naming what would help", async () => {
    const server = await startUntrustedTls();
    const { code, stderr } = await runCli([...START, "--endpoint", `https://127.0.0.1:${server.port}`], KEYS);

    expect(stderr).toMatch(/nothing was started: .*NODE_EXTRA_CA_CERTS/);
    expect(code).toBe(5);
  });

  it.each<[string, Manner]>([
    ["refuses the tunnel", { refuse: 407 }],
    ["closes", "close"],
    ["closes when it is asked", "close-when-asked"],
  ])("where the proxy %s, without a storm of connections", async (_, manner) => {
    const proxy = await startProxy(manner);
    const { code, stderr } = await runCli([...START, "--endpoint", "https://bdrc.test"], {
      ...KEYS,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    });

    expect(stderr).toMatch(/nothing was started/);
    expect(code).toBe(5);
    expect(proxy.connections()).toBeLessThan(10);
  });

  it("where a TLS handshake stalls", async () => {
    const server = await startStalledTls();
    const { code, stderr } = await runCli([...START, "--endpoint", `https://127.0.0.1:${server.port}`], KEYS);

    expect(stderr).toMatch(/nothing was started/);
    expect(code).toBe(5);
  });
});

it("a wait whose proxy hangs ends when the outage budget is spent", async () => {
  const proxy = await startProxy("hang");
  const { code } = await runCli(
    ["t-1", "-q", "--outage-budget", "2s", "--poll-timeout", "500ms", "--endpoint", "https://bdrc.test"],
    { ...KEYS, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
  );

  expect(code).toBe(5);
});

it.each([
  ["20 minutes slow", wrongClock(-20 * 60_000)],
  ["a day fast", wrongClock(86_400_000)],
  ["right, then set back by 8 hours", wrongClock(0, { afterMs: 1500, toOffsetMs: -8 * 3_600_000 })],
])("a wait on a machine whose clock is %s completes", async (_, clock) => {
  const emulator = await open();
  const { taskId } = emulator.world.addTask({ durationMs: 3000 });

  expect(await runCli([taskId, "-q", "--timeout", "1m"], { ...emulator.env, ...clock })).toMatchObject({
    code: 0,
  });
});

it("300 waits of the command need no more than 64 descriptors", async () => {
  const emulator = await open({ tasks: [{ taskId: "t", count: 300, durationMs: 2000 }] });
  const ids = Array.from({ length: 300 }, (_, index) => `t-${index + 1}`).join(" ");
  const { code } = await startShell(`ulimit -n 64; taskwait ${ids} -q`, emulator.env).done;

  expect(code).toBe(0);
});

// The command asks by listings; what lets more than a thousand polls be due at once is a program.
it("1,500 single polls of a slow service leave descriptors to a process that has 1,024", async () => {
  const emulator = await open({
    tasks: [{ taskId: "t", count: 1500, durationMs: 0 }],
    faults: "latency=1500..1500",
  });
  const script = `
    import { openSync, closeSync } from "node:fs";
    import { BdrcClient, TaskWaiter } from ${JSON.stringify(LIBRARY)};
    const client = new BdrcClient();
    const waiter = new TaskWaiter({ source: client, batch: "never", rate: { perSecond: 10000 } });
    let failures = 0;
    const timer = setInterval(() => closeSync(openSync(process.execPath, "r")), 50);
    const waits = Array.from({ length: 1500 }, (_, i) => waiter.wait("t-" + (i + 1)).on("retry", () => failures++));
    await Promise.all(waits);
    clearInterval(timer);
    await waiter.close();
    await client.close();
    console.log(failures);
  `;
  const line = `ulimit -n 1024; '${process.execPath}' --input-type=module -e '${script}'`;
  const { code, stdout, stderr } = await startShell(line, emulator.env).done;

  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "0\n", stderr: "" });
});
