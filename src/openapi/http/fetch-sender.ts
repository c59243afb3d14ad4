import { ConnectError } from "./connect-error.ts";
import type { ForwardProxy } from "./proxy.ts";
import type { Send } from "./sender.ts";

// Bun's names.
const NOT_CONNECTED = /^(?:ConnectionRefused|FailedToOpenSocket)$/;

/** Sends by the platform's `fetch`, for a runtime without undici's client. */
export function fetchSender({
  origin,
  proxy,
  fresh,
  signal,
}: {
  readonly origin: string;
  readonly proxy: ForwardProxy | undefined;
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}): Send {
  return async ({ path, ...request }) => {
    const init = {
      ...request,
      redirect: "manual",
      signal,
      keepalive: !fresh,
      // An option of Bun's, which reads the environment's proxy by itself.
      ...(proxy === undefined ? {} : { proxy: proxy.url }),
    } as const;
    const response = await fetch(origin + path, init).catch((error: unknown) => {
      const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
      throw NOT_CONNECTED.test(String(code)) ? new ConnectError(String(message), { cause: error }) : error;
    });
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: (response.body ?? new ReadableStream()) as AsyncIterable<Uint8Array>,
    };
  };
}
