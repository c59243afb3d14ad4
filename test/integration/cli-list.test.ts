import { afterEach, describe, expect, it } from "vitest";
import { json, type Peer, startPeer } from "./client-peer.ts";
import { runCli } from "./harness/command.ts";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };

let peer: Peer | undefined;

afterEach(async () => {
  await peer?.stop();
});

/** A service whose listing is made by the test: the tasks of its nth page, and the token of the next. */
async function listing(
  page: (nth: number, url: string) => { tasks: object[]; next?: string },
): Promise<string[]> {
  peer = await startPeer((response, { url }, nth) => {
    const { tasks, next } = page(nth, decodeURIComponent(url));
    json(response, {
      RequestId: "R",
      Data: { Content: tasks, ...(next === undefined ? {} : { NextToken: next }) },
    });
  });
  return ["list", "-o", "ids", "--endpoint", peer.origin];
}

const task = (TaskId: string): object => ({ TaskId, TaskStatus: "RUNNING" });

describe("a listing that a service sends wrongly", () => {
  it("ends when endless tokens bring nothing new, paced, with what there was", async () => {
    const line = await listing((nth) => ({ tasks: [task("t-1")], next: `token-${nth}` }));
    const beganMs = performance.now();
    const { code, stdout, stderr } = await runCli(line, KEYS);
    const perSecond = (peer?.seen.length ?? 0) / ((performance.now() - beganMs) / 1000);

    expect(stdout).toBe("t-1\n");
    expect(stderr).toMatch(/the listing was cut off: its pages bring nothing new/);
    expect(code).toBe(5);
    expect(perSecond).toBeLessThan(25);
  });

  it("gives a token of 5,000 characters back as it came", async () => {
    const token = "x".repeat(5000);
    const line = await listing((nth) =>
      nth === 1 ? { tasks: [task("t-1")], next: token } : { tasks: [task("t-2")] },
    );

    expect(await runCli(line, KEYS)).toMatchObject({ code: 0, stdout: "t-1\nt-2\n" });
    expect(peer?.seen[1]?.url).toContain(`NextToken=${token}`);
  });

  it("is refused, and not for the user's fault, when a page is beyond what there can be", async () => {
    const line = await listing(() => ({ tasks: Array.from({ length: 100_000 }, (_, n) => task(`t-${n}`)) }));
    const { code, stderr } = await runCli(line, KEYS);

    expect(stderr).not.toMatch(/internal error/);
    expect(code).toBe(5);
  });
});
