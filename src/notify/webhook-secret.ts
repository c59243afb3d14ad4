import { createHmac } from "node:crypto";
import { InvalidOptionError } from "../task/errors.ts";

const PREFIX = "whsec_";
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Signs what is posted: the value of the header `webhook-signature`. */
export type SignWebhook = (id: string, timestampS: number, body: string) => string;

/**
 * Reads secrets of the Standard Webhooks form, `whsec_` and Base64 of 24 to 64 bytes; several, with blanks between, while one
 * takes another's place. The error never shows them.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme".
 *
 * @param source - The option or variable that they come from, for the error.
 * @throws {@link InvalidOptionError} for anything else.
 */
export function webhookSigner(text: unknown, source: string): SignWebhook {
  const words = typeof text === "string" ? text.split(/\s+/).filter((word) => word !== "") : [];
  const keys = words.map(keyOf);
  if (keys.length === 0 || keys.includes(undefined)) {
    throw new InvalidOptionError(
      `${source} must be ${PREFIX} and Base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes (its value is not shown)`,
    );
  }
  return (id, timestampS, body) =>
    keys
      .map((key = Buffer.alloc(0)) => createHmac("sha256", key).update(`${id}.${timestampS}.${body}`))
      .map((hmac) => `v1,${hmac.digest("base64")}`)
      .join(" ");
}

function keyOf(word: string): Buffer | undefined {
  const base64 = word.slice(PREFIX.length);
  if (!word.startsWith(PREFIX) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    return undefined;
  }
  const key = Buffer.from(base64, "base64");
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined;
}
