import { BdrcClient, type BdrcClientOptions, type CallRecord, printable } from "../../index.ts";
import { writeErr } from "../terminal/messages.ts";
import type { AccountFlags } from "./account-flags.ts";

/** The client's options that the flags stand for. What they do not say comes from the environment. */
export function clientOptionsOf(flags: AccountFlags): BdrcClientOptions {
  return {
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags.region === undefined ? {} : { regionId: flags.region }),
    ...(flags.endpoint === undefined ? {} : { endpoint: flags.endpoint }),
    ...(flags.vpc ? { vpc: true } : {}),
    ...(flags.insecure ? { insecure: true } : {}),
  };
}

/** Runs something with a client and closes it afterwards. */
export async function withClient<T>(
  options: BdrcClientOptions,
  use: (client: BdrcClient) => Promise<T>,
): Promise<T> {
  const client = new BdrcClient(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The option by which each call becomes a line, for `--verbose`, and is noted. */
export function logCalls(
  verbose: true | undefined,
  note: (record: CallRecord) => void = () => undefined,
): Pick<BdrcClientOptions, "onCall"> {
  return {
    onCall: (record) => {
      note(record);
      if (verbose) {
        writeErr(callLine(record));
      }
    },
  };
}

/** `DescribeTask t-1: 200 in 12 ms, request 784076D6-…`. */
function callLine(record: CallRecord): string {
  const { action, taskId, httpStatus, apiCode, requestId, durationMs } = record;
  const subject = taskId === undefined ? action : `${action} ${printable(taskId)}`;
  const answer = httpStatus === undefined ? "no answer" : String(httpStatus);
  const code = apiCode === undefined ? "" : ` ${printable(apiCode, 100)}`;
  const request = requestId === undefined ? "" : `, request ${printable(requestId, 100)}`;
  return `${subject}: ${answer}${code} in ${Math.round(durationMs)} ms${request}`;
}
