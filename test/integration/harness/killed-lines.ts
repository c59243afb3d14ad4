import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, vi } from "vitest";
import { type CliResult, startCli } from "./command.ts";
import { wrongClock } from "./shell.ts";

// After it, the service does not take a start that an earlier process has sent.
const LAPSE_MS = 21 * 60_000;

/** What a line came to. */
export interface KilledLine extends CliResult {
  /** It waited to send a start again, and was ended; that time has passed for the next line. */
  readonly isHeld: boolean;
}

/** Runs a line of the command, killed after so many milliseconds. */
type RunLine = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  killAfterMs?: number,
) => Promise<KilledLine>;

/**
 * Lines that start a task and may be killed at any moment, also before the service has heard of the start. Where it would
 * be 20 minutes until it can be told that it has not, they pass at once, for the lines and an emulator of this process.
 */
export function killedLines(): RunLine {
  const realNow = Date.now;
  let aheadMs = 0;

  beforeEach(() => {
    aheadMs = 0;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + aheadMs);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  return async (args, env, killAfterMs) => {
    let isHeld = false;
    const cli = startCli(args, { ...env, ...(aheadMs === 0 ? {} : wrongClock(aheadMs)) });
    void cli.until(/sent again in/).then(
      () => {
        isHeld = true;
        aheadMs += LAPSE_MS;
        cli.child.kill("SIGKILL");
      },
      () => undefined,
    );
    if (killAfterMs !== undefined) {
      await sleep(killAfterMs);
      cli.child.kill("SIGKILL");
    }
    return { ...(await cli.done), isHeld };
  };
}
