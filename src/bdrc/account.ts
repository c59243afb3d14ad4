import { type AccountDescription, describeCaller } from "../openapi/account.ts";
import { checkCallerOptions } from "../openapi/caller-options.ts";
import type { BdrcClientOptions } from "./client-options.ts";
import { DEFAULT_REGION, hostOf } from "./regions.ts";

/**
 * Says which credentials and which endpoint a `BdrcClient` with these options uses, after having asked for the
 * credentials. Makes no call of the API, so they may still be refused.
 *
 * @throws `InvalidOptionError` for options that can't be used, `AccessDeniedError` when there are no credentials.
 */
export async function describeAccount(options: BdrcClientOptions = {}): Promise<AccountDescription> {
  return await describeCaller(checkCallerOptions(options, "BdrcClient"), hostOf, DEFAULT_REGION);
}
