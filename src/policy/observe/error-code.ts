// Longer chains are no work of a person.
const MAX_ERRORS = 16;
const MAX_CODE_LENGTH = 64;

/** A field of whatever was thrown; absent when it can't be read, as of a getter that throws. */
export function fieldOf(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/**
 * What was thrown and what led to it, the outermost first: `cause` after `cause`, and of an error that gathers
 * several (a name with several addresses) the first. Each error comes once, and there are at most 16.
 */
export function errorChain(thrown: unknown): ReadonlySet<object> {
  const chain = new Set<object>();
  let one = thrown;
  while (typeof one === "object" && one !== null && !chain.has(one) && chain.size < MAX_ERRORS) {
    chain.add(one);
    one = fieldOf(fieldOf(one, "errors"), "0") ?? fieldOf(one, "cause");
  }
  return chain;
}

/**
 * The first `code` along an {@link errorChain} that fits the pattern.
 *
 * @param pattern - Without the flags `g` and `y`, which make a pattern remember.
 */
export function errorCodeOf(thrown: unknown, pattern: RegExp): string | undefined {
  for (const error of errorChain(thrown)) {
    const code = fieldOf(error, "code");
    if (typeof code === "string" && code.length <= MAX_CODE_LENGTH && pattern.test(code)) {
      return code;
    }
  }
  return undefined;
}
