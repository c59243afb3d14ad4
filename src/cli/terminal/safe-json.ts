// What a terminal might obey, but JSON.stringify lets through: C1 controls, DEL, zero-width and direction marks,
// line separators. Written as JSON escapes, they are harmless on a screen and intact as data.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON on one line that holds no control, escape or direction character, and parses to the same value. */
export function safeJson(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value) ?? "null");
}

/** Writes what a terminal might obey in a JSON text as JSON escapes. */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE, escapeUnits);
}

/** {@link safeJson} over several lines, for people. */
export function safeJsonPretty(value: unknown): string {
  const pretty = JSON.stringify(value, null, 2) ?? "null";
  return pretty.replace(UNSAFE, (char) => (char === "\n" ? char : escapeUnits(char)));
}

function escapeUnits(char: string): string {
  let escaped = "";
  for (let at = 0; at < char.length; at += 1) {
    escaped += `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
