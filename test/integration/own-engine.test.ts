import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { BdrcClient, type Outcome } from "../../src/index.ts";

interface Engine {
  step(name: string, run: () => unknown): Promise<unknown>;
  sleep(delayMs: number): Promise<void>;
}
type WaitDurably = (taskId: string, engine: Engine, source: BdrcClient) => Promise<Outcome>;

const file = new URL("../../examples/own-engine.mjs", import.meta.url).href;
const { waitDurably } = (await import(file)) as { waitDurably: WaitDurably };

/** The least that an engine is: it replays what its journal has, and dies after so many new steps. */
function engine(journal: string[], dieAfter = Number.POSITIVE_INFINITY): Engine {
  let position = 0;
  let added = 0;
  return {
    step: async (_, run) => {
      const kept = journal[position];
      position++;
      if (kept !== undefined) {
        return JSON.parse(kept);
      }
      if (++added > dieAfter) {
        throw new Error("killed");
      }
      const json = JSON.stringify(await run());
      journal.push(json);
      return JSON.parse(json);
    },
    sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
  };
}

describe("a wait in an engine of one's own, as examples/own-engine.mjs drives it", () => {
  let emulator: Emulator;
  let client: BdrcClient;
  beforeEach(async () => {
    emulator = await startEmulator({
      tasks: [
        { taskId: "t-1", durationMs: 1500, result: { updated: 3 } },
        { taskId: "t-2", durationMs: 500, status: "FAILED", errorMessage: "disk full" },
      ],
    });
    client = new BdrcClient(emulator.clientOptions);
  });
  afterEach(async () => {
    await client.close();
    await emulator.stop();
  });

  it("comes to the end that the service tells, with the class of the error", async () => {
    expect(await waitDurably("t-1", engine([]), client)).toMatchObject({
      kind: "complete",
      task: { result: { updated: 3 } },
    });
    expect(await waitDurably("t-2", engine([]), client)).toMatchObject({
      kind: "failed",
      error: { name: "TaskFailedError", message: expect.stringContaining("disk full") },
    });
  });

  it("goes on after its process was killed at every step, and asks nothing twice", async () => {
    const journal: string[] = [];
    let outcome: Outcome | undefined;
    let deaths = 0;
    while (outcome === undefined) {
      outcome = await waitDurably("t-1", engine(journal, 1), client).catch(() => undefined);
      deaths += outcome === undefined ? 1 : 0;
    }
    expect(outcome.kind).toBe("complete");
    expect(deaths).toBe(journal.length - 1);
    // One step begins the wait, each other one is a poll.
    expect(emulator.requests().filter(({ taskId }) => taskId === "t-1")).toHaveLength(journal.length - 1);
  });
});
