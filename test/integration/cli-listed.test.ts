import { afterEach, describe, expect, it } from "vitest";
import { json, type Peer, startPeer } from "./client-peer.ts";
import { commandLines } from "./harness/command-lines.ts";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };

let peer: Peer | undefined;

afterEach(async () => {
  await peer?.stop();
});

const runLine = commandLines();
const all = (...flags: string[]) =>
  runLine(["wait", "--all", "--endpoint", peer?.origin ?? "", ...flags], KEYS);

const task = (TaskId: string, TaskStatus: string): object => ({ TaskId, TaskStatus, Progress: 100 });

describe("the listing of wait --all", () => {
  it("ends with --timeout while its call hangs", async () => {
    peer = await startPeer(() => undefined);
    const { code, stdout, stderr } = await all("--timeout", "300ms");

    expect(stderr).toBe("taskwait: DescribeTasks: the listing was not read to its end within 300 ms\n");
    expect({ code, stdout }).toEqual({ code: 124, stdout: "" });
  });

  it("ends with --timeout while it is asked for again", async () => {
    peer = await startPeer((response) => json(response, {}, 503));
    const { code, stderr } = await all("--timeout", "400ms");

    expect(stderr).toMatch(/the listing was not read to its end within 400 ms\n$/);
    expect(code).toBe(124);
    // The first pause is longer than that.
    expect(peer.seen.length).toBeLessThan(2);
  });

  it("is asked for once with --timeout 0, and not again once --outage-budget is spent", async () => {
    peer = await startPeer((response) => json(response, {}, 503));
    expect(await all("--timeout", "0")).toMatchObject({ code: 5 });
    expect(peer.seen).toHaveLength(1);
    expect(await all("--outage-budget", "100ms")).toMatchObject({ code: 5 });
    expect(peer.seen).toHaveLength(2);
  });

  it("gives one object of JSON in an end of its own, too", async () => {
    peer = await startPeer(() => undefined);
    const { code, stdout } = await all("--timeout", "300ms", "--json");

    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 124,
      outcome: "timedOut",
      error: { code: "WAIT_TIMEOUT" },
      tasks: [],
    });
    expect(code).toBe(124);
  });

  it("has its calls ended by --poll-timeout", async () => {
    peer = await startPeer(() => undefined);
    const { code, stderr } = await all("--timeout", "0", "--poll-timeout", "200ms");

    expect(stderr).toMatch(/no (?:answer|connection) within 200 ms/);
    expect(code).toBe(5);
  });

  it("leaves what it took of --timeout to the waits, and no more", async () => {
    peer = await startPeer((response, { url }) => {
      if (!url.includes("/tasks/")) {
        setTimeout(
          () => json(response, { RequestId: "R", Data: { Content: [task("t-1", "RUNNING")] } }),
          1200,
        );
      }
    });
    const { code, stdout } = await all("--timeout", "1500ms", "--json");
    const { waitedMs } = JSON.parse(stdout) as { readonly waitedMs: number };

    expect(code).toBe(124);
    expect(waitedMs).toBeLessThan(1200);
  });
});

describe("an id of the listing that can't be asked for", () => {
  const listing = (...ids: string[]): Promise<Peer> =>
    startPeer((response, { url }) =>
      json(response, {
        RequestId: "R",
        Data: url.includes("/tasks/")
          ? task("t-1", "COMPLETE")
          : { Content: ids.map((id) => task(id, "RUNNING")) },
      }),
    );

  it("is left out with a warning", async () => {
    peer = await listing("t-1", "../x\u001b");
    const { code, stdout, stderr } = await all("--timeout", "30s");

    expect(stderr).toContain(
      String.raw`taskwait: warning: the listing gives a task whose id can't be asked for, such as "../x\u{1b}": not waited for`,
    );
    expect(stdout).toBe("t-1 COMPLETE\n");
    expect(code).toBe(0);
  });

  it("is the service's fault when there is no other", async () => {
    peer = await listing("../x", "a b");
    const { code, stdout, stderr } = await all();

    expect(stderr).toMatch(/^taskwait: DescribeTasks: the listing gives 2 tasks whose id can't be asked for/);
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
  });
});
