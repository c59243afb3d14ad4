/** Values that are nested deeper are left out: `JSON.stringify` would overflow the stack. */
const MAX_JSON_DEPTH = 500;

// Only a number of this form can be beyond the range of a double.
const MAYBE_HUGE = /\d{300}|[eE]\+?\d{3}/;

/**
 * What is inside a text of JSON, as a value that can be written as JSON again.
 *
 * @returns undefined when the text is not JSON, is nested deeper than {@link MAX_JSON_DEPTH}, or has a number that
 * JavaScript can't hold, such as `1e400`.
 */
export function parseJson(text: string): unknown {
  // A task without details has an empty text, and the error of parsing that costs as much as the rest of its answer.
  if (text === "" || depthOf(text) > MAX_JSON_DEPTH) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return MAYBE_HUGE.test(text) && !isRepresentable(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** How deep brackets and braces are nested, those in strings aside. */
function depthOf(text: string): number {
  if (text.length <= 2 * MAX_JSON_DEPTH) {
    return 0;
  }
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      isInString = !isInString;
    } else if (isInString) {
      at += char === "\\" ? 1 : 0;
    } else if (char === "[" || char === "{") {
      depth++;
      deepest = Math.max(deepest, depth);
    } else if (char === "]" || char === "}") {
      depth--;
    }
  }
  return deepest;
}

function isRepresentable(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).every(isRepresentable)
    : typeof value !== "number" || Number.isFinite(value);
}
