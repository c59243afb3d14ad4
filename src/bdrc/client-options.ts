import type { CallerOptions } from "../openapi/caller-options.ts";

/** Options of a `BdrcClient`. All may be left out; without a region it is `cn-shanghai`. */
export interface BdrcClientOptions extends CallerOptions {}
