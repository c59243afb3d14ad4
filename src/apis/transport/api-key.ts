import { AccessDeniedError, InvalidOptionError } from "../../task/errors.ts";
import type { HttpRequest } from "../format/task-api.ts";

/** A key, or what gives it before each call. */
export type ApiKey = string | (() => string | Promise<string>);

/** The header that carries a key. */
export interface KeyHeader {
  readonly header: string;
  readonly value: string;
  /** The key alone, for what must never be shown. */
  readonly key: string;
}

/** @throws {@link InvalidOptionError} for an option that is no key, whose value the error does not show. */
export function checkApiKey(
  key: unknown,
  request: { readonly style: string; readonly auth?: unknown },
): ApiKey | undefined {
  if (key === undefined) {
    return undefined;
  }
  if (request.style !== "http" || request.auth === undefined) {
    throw new InvalidOptionError("apiKey is for APIs that take a key (request.auth); this one takes none");
  }
  if (typeof key !== "function" && (typeof key !== "string" || key === "")) {
    throw new InvalidOptionError(
      `apiKey must be a text or a function that gives one, got a value of type ${typeof key}`,
    );
  }
  return key as ApiKey;
}

/**
 * The key of a call: from the option, else from the environment variable that the declaration names, read again each
 * time.
 *
 * @throws {@link AccessDeniedError} naming the variable when there is none, or none that a header can carry.
 */
export async function keyOf(
  { auth }: HttpRequest,
  given: ApiKey | undefined,
  name: string,
): Promise<KeyHeader | undefined> {
  if (auth === undefined) {
    return undefined;
  }
  const variable = "bearer" in auth ? auth.bearer : auth.value;
  const key: unknown = typeof given === "function" ? await given() : (given ?? process.env[variable]);
  if (typeof key !== "string" || key.trim() === "") {
    throw new AccessDeniedError(`${name} needs a key: set the environment variable ${variable}`);
  }
  const trimmed = key.trim();
  if (!/^[\x21-\x7e]{1,8192}$/.test(trimmed)) {
    throw new AccessDeniedError(
      `${name}: the key in ${variable} has characters that no header can carry (its value is not shown)`,
    );
  }
  return "bearer" in auth
    ? { header: "authorization", value: `Bearer ${trimmed}`, key: trimmed }
    : { header: auth.header.toLowerCase(), value: `${auth.prefix ?? ""}${trimmed}`, key: trimmed };
}
