import { readFileSync, writeFileSync } from "node:fs";
import { resolve as absolute } from "node:path";
import { formatRequestRecord, parseScenario, type Scenario, startEmulator } from "../../emulator/index.ts";
import { parseDurationMs, printable } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";
import { printError, writeErr, writeOut } from "../terminal/output.ts";
import { shellWord } from "../terminal/shell-words.ts";
import { Interruption } from "../waiting/interruption.ts";

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
  readonly certificate?: string;
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
  if (flags.certificate !== undefined && !flags.tls) {
    throw new UsageError("--certificate wants --tls: without it there is no certificate");
  }
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
  try {
    const trusting = trust(emulator.certificate, flags.certificate);
    for (const [name, value] of Object.entries({ ...emulator.env, ...trusting })) {
      writeOut(`export ${name}=${shellWord(value)}\n`);
    }
    printError(`emulating BDRC at ${emulator.endpoint} (seed ${emulator.seed}); Ctrl-C stops it`);
    await aborted(interruption.signal);
  } finally {
    interruption.release();
    await emulator.stop();
  }
  // Being stopped is how a server ends.
  return 0;
}

/** Writes the certificate, if there is one, and gives the variable by which Node trusts it. */
function trust(certificate: string | undefined, file: string | undefined): Readonly<Record<string, string>> {
  if (certificate === undefined) {
    return {};
  }
  if (file === undefined) {
    printError("nobody trusts its certificate: --certificate FILE writes it out for those who are to");
    return {};
  }
  try {
    writeFileSync(file, certificate);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new UsageError(`--certificate: "${printable(file, 200)}" can't be written (${code})`);
  }
  return { NODE_EXTRA_CA_CERTS: absolute(file) };
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
