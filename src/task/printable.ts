// Nearly all that is shown is of these characters, and searching for a property takes several times longer.
const PLAIN = /^[ -~]*$/;
// C0 and C1 controls, DEL, zero-width and bidirectional marks, line and paragraph separators, lone surrogates,
// tag characters: whatever could move a cursor, reorder text or break a line.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a string from the service safe to show: control, escape and direction characters become `\u{…}`
 * escapes, so a hostile task name can neither move the cursor nor forge a line of a log.
 *
 * @param text - Any string.
 * @param maxLength - The most characters kept; the rest becomes an ellipsis.
 */
export function printable(text: string, maxLength = 500): string {
  if (text.length <= maxLength && PLAIN.test(text)) {
    return text;
  }
  const clean = text
    .slice(0, maxLength * 2)
    .replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  if (clean.length <= maxLength && text.length <= maxLength * 2) {
    return clean;
  }
  // A cut must not leave half of a surrogate pair behind.
  return `${clean.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** {@link printable} within quotation marks, for values in messages. */
export function quoted(value: unknown): string {
  return typeof value === "string" ? `"${printable(value, 160)}"` : printable(String(value), 160);
}
