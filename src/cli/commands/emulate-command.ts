import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EmulatorOptions,
  formatRequestRecord,
  parseScenario,
  type Scenario,
  startEmulator,
} from "../../emulator/index.ts";
import { parseDurationMs } from "../../index.ts";
import { loadApi } from "../apis/load-api.ts";
import { badValue, UsageError } from "../errors/usage-error.ts";
import { readInputFile } from "../files/input-file.ts";
import { OutputFile } from "../files/output-file.ts";
import { printError, writeErr } from "../terminal/messages.ts";
import { shellWord } from "../terminal/shell-words.ts";
import { outputFailure, writeOut } from "../terminal/standard-output.ts";
import type { Interruption } from "../waiting/interruption.ts";
import { runEmulated } from "./emulated-command.ts";

const CERTIFICATE_MODE = 0o644;

/** The flags of `taskwait emulate`. */
export interface EmulateFlags {
  readonly port?: string;
  readonly host?: string;
  readonly scenario?: string;
  readonly api?: readonly string[];
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

// The variables of the account's flags go before those of the account.
const NO_OTHER_ACCOUNT = { TASKWAIT_PROFILE: "", TASKWAIT_ENDPOINT: "", TASKWAIT_REGION: "" };

/**
 * `taskwait emulate`: serves until it is stopped; prints on standard output how to reach it, for a shell, and on
 * standard error a line per request. With a command, it serves while that runs, and exits as it does.
 */
export async function emulateCommand(
  command: readonly string[],
  flags: EmulateFlags,
  interruption: Interruption,
): Promise<number> {
  const { signal } = interruption;
  const { options, certificate } = await emulationOf(flags, signal);
  const apis = await Promise.all((flags.api ?? []).map((named) => loadApi(named, "--api", signal)));
  const isServer = command.length === 0;
  const emulator = await startEmulator({
    ...options,
    apis,
    ...(flags.quiet || !isServer ? {} : { log: (record) => writeErr(formatRequestRecord(record)) }),
  }).catch((error: unknown) => {
    throw portInUse(error, flags.port) ?? error;
  });
  const folder =
    certificate === undefined && !isServer ? mkdtempSync(join(tmpdir(), "taskwait-")) : undefined;
  try {
    const file = folder === undefined ? certificate : new OutputFile("--tls", join(folder, "ca.pem"));
    const variables = { ...emulator.env, ...NO_OTHER_ACCOUNT, ...trustIn(emulator.certificate, file) };
    if (!isServer) {
      return await runEmulated(command, variables, interruption);
    }
    for (const [name, value] of Object.entries(variables)) {
      writeOut(`export ${name}=${shellWord(value)}\n`);
    }
    const served = ["BDRC", ...apis.map(({ name }) => name)].join(", ");
    printError(`emulating ${served} at ${emulator.endpoint} (seed ${emulator.seed}); Ctrl-C stops it`);
    await aborted(interruption.signal);
    // Being stopped is how a server ends.
    return outputFailure()?.exitCode ?? 0;
  } finally {
    await emulator.stop();
    if (folder !== undefined) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What the flags say, checked before anything is served or written. */
async function emulationOf(
  flags: EmulateFlags,
  signal: AbortSignal,
): Promise<{ readonly options: EmulatorOptions; readonly certificate: OutputFile | undefined }> {
  const port = numberFlag("--port", flags.port);
  const seed = numberFlag("--seed", flags.seed);
  const speed = numberFlag("--speed", flags.speed);
  const scenario = flags.scenario === undefined ? undefined : await readScenario(flags.scenario, signal);
  if (flags.certificate !== undefined && !flags.tls) {
    throw new UsageError("--certificate wants --tls: without it there is no certificate");
  }
  return {
    options: {
      ...(port === undefined ? {} : { port }),
      ...(flags.host === undefined ? {} : { host: flags.host }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(seed === undefined ? {} : { seed }),
      ...(speed === undefined ? {} : { speed }),
      ...quotaOf(flags, scenario),
      ...(flags.retryAfter ? { retryAfterHeader: true } : {}),
      ...(flags.fault === undefined ? {} : { faults: flags.fault }),
      ...(flags.tls ? { tls: true } : {}),
    },
    certificate:
      flags.certificate === undefined
        ? undefined
        : new OutputFile("--certificate", flags.certificate, CERTIFICATE_MODE),
  };
}

/** Writes the certificate, if there is one, and gives the variable by which Node trusts it. */
function trustIn(
  certificate: string | undefined,
  file: OutputFile | undefined,
): Readonly<Record<string, string>> {
  if (certificate === undefined) {
    return {};
  }
  if (file === undefined) {
    printError("nobody trusts its certificate: --certificate FILE writes it out for those who are to");
    return {};
  }
  file.write(certificate);
  return { NODE_EXTRA_CA_CERTS: file.path };
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
    throw badValue(flag, "must be a number", text);
  }
  return Number(text);
}

async function readScenario(path: string, signal: AbortSignal): Promise<Scenario> {
  return parseScenario(await readInputFile("--scenario", path, signal));
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
