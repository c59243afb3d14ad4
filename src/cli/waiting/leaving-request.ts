import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import process from "node:process";

// undici publishes it right before the first byte of a request is written to its connection.
const CHANNEL = "undici:client:sendHeaders";

/** Whether this runtime tells when a request leaves. */
export const TELLS_LEAVING: boolean = !("bun" in process.versions || "deno" in process.versions);

/**
 * Calls the listener right before any request leaves this process; when it throws, the request does not leave.
 *
 * @returns What takes the listener away.
 */
export function beforeLeaving(listener: () => void): () => void {
  const heard = (message: unknown): void => {
    try {
      listener();
    } catch (error) {
      (message as { readonly socket: Socket }).socket.destroy(error as Error);
    }
  };
  subscribe(CHANNEL, heard);
  return () => unsubscribe(CHANNEL, heard);
}
