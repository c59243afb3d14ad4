import { readFileSync } from "node:fs";
import { formatRequestRecord, parseScenario, type Scenario, startEmulator } from "../emulator/index.ts";
import { parseDurationMs, printable } from "../index.ts";
import { Interruption } from "./interruption.ts";
import { complain, writeErr, writeOut } from "./output.ts";
import { shellWord } from "./shell-words.ts";
import { UsageError } from "./usage-error.ts";

/** The flags of `taskwait emulate`. */
export interface EmulateFlags {
  readonly port?: string;
  readonly host?: string;
  readonly scenario?: string;
  readonly seed?: string;
  readonly speed?: string;
  readonly qps?: string;
  readonly window?: string;
  readonly retryAfter?: true;
  readonly fault?: string;
  readonly tls?: true;
  readonly quiet?: true;
}

/**
 * `taskwait emulate`: serves until it is stopped; prints on standard output how to reach it, for a shell, and on
 * standard error a line per request.
 */
export async function emulateCommand(flags: EmulateFlags): Promise<number> {
  const port = numberFlag("--port", flags.port);
  const seed = numberFlag("--seed", flags.seed);
  const speed = numberFlag("--speed", flags.speed);
  const scenario = flags.scenario === undefined ? undefined : readScenario(flags.scenario);
  const interruption = new Interruption();
  const emulator = await startEmulator({
    ...(port === undefined ? {} : { port }),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(seed === undefined ? {} : { seed }),
    ...(speed === undefined ? {} : { speed }),
    ...quotaOf(flags, scenario),
    ...(flags.retryAfter ? { retryAfterHeader: true } : {}),
    ...(flags.fault === undefined ? {} : { faults: flags.fault }),
    ...(flags.tls ? { tls: true } : {}),
    ...(flags.quiet ? {} : { log: (record) => writeErr(formatRequestRecord(record)) }),
  }).catch((error: unknown) => {
    interruption.release();
    throw portInUse(error, flags.port) ?? error;
  });
  for (const [name, value] of Object.entries(emulator.env)) {
    writeOut(`export ${name}=${shellWord(value)}\n`);
  }
  complain(`emulating BDRC at ${emulator.endpoint} (seed ${emulator.seed}); Ctrl-C stops it`);
  await aborted(interruption.signal);
  await emulator.stop();
  // Being stopped is how a server ends.
  return 0;
}

/** The flags change what the scenario says of the quota, and leave the rest of it. */
function quotaOf(flags: EmulateFlags, scenario: Scenario | undefined): Pick<Scenario, "quota"> {
  const perSecond = numberFlag("--qps", flags.qps);
  const windowMs = flags.window === undefined ? undefined : parseDurationMs(flags.window, "--window");
  if (perSecond === undefined && windowMs === undefined) {
    return {};
  }
  return {
    quota: {
      ...scenario?.quota,
      ...(perSecond === undefined ? {} : { perSecond }),
      ...(windowMs === undefined ? {} : { windowMs }),
    },
  };
}

function numberFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^\d{1,10}(?:\.\d{1,6})?$/.test(text)) {
    throw new UsageError(`${flag} must be a number, got "${printable(text, 80)}"`);
  }
  return Number(text);
}

function readScenario(path: string): Scenario {
  let json: string;
  try {
    json = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new UsageError(`--scenario: "${printable(path, 200)}" can't be read (${code})`);
  }
  return parseScenario(json);
}

function portInUse(error: unknown, port: string | undefined): UsageError | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "EADDRINUSE" || code === "EACCES" || code === "EADDRNOTAVAIL"
    ? new UsageError(`--port ${port ?? "0"} can't be had (${code})`)
    : undefined;
}

/** Resolves when the signal aborts. */
async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) {
      resolve();
    }
  });
}
