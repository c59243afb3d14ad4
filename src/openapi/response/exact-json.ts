import { randomUUID } from "node:crypto";

// Only a number of this form may lose something as a double.
const MAYBE_INEXACT = /\d{16}|[eE][+-]?\d{3}/;
const MAX_EXACT_DIGITS = 15;
// Before the digits, where they stand for a while in a text of JSON: no service knows it.
const MARK = `taskwait-${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, "g");

/** The digits that were sent for numbers that JavaScript rounds, by the object that holds them. */
const sentDigits = new WeakMap<object, Map<string, string>>();

/**
 * Parses JSON as `JSON.parse` does, and keeps the digits of numbers that are rounded by that, for {@link exactText} and
 * {@link withExactTexts}.
 */
export function parseExactJson(text: string): unknown {
  if (!MAYBE_INEXACT.test(text)) {
    return JSON.parse(text);
  }
  const marked = withMarks(text);
  const root: unknown = JSON.parse(marked ?? text);
  if (marked !== undefined && typeof root === "object" && root !== null) {
    takeMarks(root);
    return root;
  }
  return marked === undefined ? root : JSON.parse(text);
}

/** JSON of what was parsed, with all digits of its numbers. */
export function exactText(value: unknown): string | undefined {
  const text = JSON.stringify(value, replacer(MARK)) as string | undefined;
  return text?.replace(MARKED, "$1");
}

/** A copy in which a number that JavaScript rounds is the text of its digits; the value itself if it can't be copied. */
export function withExactTexts(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, replacer("")));
  } catch {
    return value;
  }
}

function replacer(mark: string): (this: object, key: string, value: unknown) => unknown {
  return function (key, value) {
    const digits = typeof value === "number" ? sentDigits.get(this)?.get(key) : undefined;
    return digits === undefined ? value : `${mark}${digits}`;
  };
}

/** The text with each number that is rounded as a marked string; undefined when there is none. */
function withMarks(text: string): string | undefined {
  let marked = "";
  let fromAt = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === '"') {
      at = endOfString(text, at);
    } else if (/[-\d]/.test(char)) {
      const beginsAt = at;
      while (/[-+.eE\d]/.test(text[at + 1] ?? "")) {
        at++;
      }
      const number = text.slice(beginsAt, at + 1);
      if (isRounded(number)) {
        marked += `${text.slice(fromAt, beginsAt)}"${MARK}${number}"`;
        fromAt = at + 1;
      }
    }
  }
  return fromAt === 0 ? undefined : marked + text.slice(fromAt);
}

function endOfString(text: string, beginsAt: number): number {
  let at = beginsAt + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at;
}

/** Whether a number of JSON has other digits as a double. What is no number of JSON is left to `JSON.parse`. */
function isRounded(text: string): boolean {
  const [, digits] = /^-?((?:0|[1-9]\d*)(?:\.\d+)?)(?:[eE][-+]?\d+)?$/.exec(text) ?? [];
  if (digits === undefined) {
    return false;
  }
  const number = Number(text);
  return (
    !Number.isFinite(number) ||
    (number === 0 && /[1-9]/.test(digits)) ||
    (digits.length > MAX_EXACT_DIGITS && String(number) !== text)
  );
}

/** Puts the numbers in place of the marks. Without recursion: JSON may be nested deeper than the stack. */
function takeMarks(root: object): void {
  const open: object[] = [root];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const [key, value] of Object.entries(one)) {
      if (typeof value === "string" && value.startsWith(MARK)) {
        const digits = value.slice(MARK.length);
        const kept = sentDigits.get(one) ?? new Map<string, string>();
        sentDigits.set(one, kept.set(key, digits));
        Reflect.set(one, key, Number(digits));
      } else if (typeof value === "object" && value !== null) {
        open.push(value);
      }
    }
  }
}
