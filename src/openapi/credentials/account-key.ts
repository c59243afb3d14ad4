import { createHmac, randomBytes } from "node:crypto";
import type { CredentialOptions } from "./credential-options.ts";
import type { Environment } from "./environment.ts";
import { keyNamesIn } from "./environment-keys.ts";
import { asksProfile, profileFromEnvironment } from "./profile.ts";

// Of this process: elsewhere the digest of a key says nothing, not even to one who knows the key.
const SALT = randomBytes(32);

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** A text that is the same for the same secret, in this process, and does not tell it. */
export function secretKey(secret: string): string {
  return createHmac("sha256", SALT).update(secret).digest("hex");
}

/** A text that stands for an object, in this process. */
export function objectKey(object: object): string {
  const number = numbers.get(object) ?? ++lastNumber;
  numbers.set(object, number);
  return `object ${number}`;
}

/** What tells an account from others without asking for its credentials: equal for the same key, profile or object. */
export function accountKey(options: CredentialOptions, environment: Environment): string {
  const { accessKeyId, bearerToken, credential, profile } = options;
  if (asksProfile(options, environment)) {
    return `profile ${profile ?? profileFromEnvironment(environment) ?? ""}`;
  }
  if (credential !== undefined) {
    return objectKey(credential);
  }
  const name = keyNamesIn(environment)?.accessKeyId ?? "";
  return secretKey(accessKeyId ?? bearerToken ?? environment[name] ?? "");
}
