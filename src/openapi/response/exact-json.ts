import { randomUUID } from "node:crypto";

// Only a number of this form may lose something as a double.
const MAYBE_INEXACT = /\d{16}|[eE][+-]?\d{3}/;
const MAX_EXACT_DIGITS = 15;
// A number that may be rounded: one of 16 characters or more, or with an exponent of three digits.
const CANDIDATE = /-?\d[\d.]{15,}(?:[eE][-+]?\d+)?|-?\d[\d.]{0,14}[eE][-+]?\d{3,}/g;
const MIN_CANDIDATE = 5;
// A page has a few for each of its tasks. Beyond, all are rounded: keeping their digits takes longer than parsing.
const MAX_EXACT_NUMBERS = 10_000;
// Before the digits, where they stand for a while in a text of JSON: no service knows it.
const MARK = `taskwait-${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, "g");

/** The digits that were sent for numbers that JavaScript rounds, by the object that holds them. */
const sentDigits = new WeakMap<object, Map<string, string>>();

/**
 * Parses JSON as `JSON.parse` does, and keeps the digits of up to 10,000 numbers that are rounded by that, for {@link exactText} and
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

/** The text with each number that is rounded as a marked string; undefined when there is none, or too many. */
function withMarks(text: string): string | undefined {
  let marked = "";
  let fromAt = 0;
  let numbers = 0;
  // Between two strings: whatever a service sends, no character is read twice.
  for (let at = 0; at < text.length; ) {
    const quoteAt = text.indexOf('"', at);
    const endAt = quoteAt < 0 ? text.length : quoteAt;
    if (endAt - at >= MIN_CANDIDATE) {
      for (const { 0: number, index } of text.slice(at, endAt).matchAll(CANDIDATE)) {
        if (isRounded(number)) {
          numbers++;
          if (numbers > MAX_EXACT_NUMBERS) {
            return undefined;
          }
          marked += `${text.slice(fromAt, at + index)}"${MARK}${number}"`;
          fromAt = at + index + number.length;
        }
      }
    }
    at = quoteAt < 0 ? text.length : endOfString(text, quoteAt) + 1;
  }
  return fromAt === 0 ? undefined : marked + text.slice(fromAt);
}

/** Where the string that begins there has its last quotation mark; the end of the text if it has none. */
function endOfString(text: string, beginsAt: number): number {
  for (let at = text.indexOf('"', beginsAt + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === "\\") {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return at;
    }
  }
  return text.length;
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
    if (Array.isArray(one)) {
      for (let index = 0; index < one.length; index++) {
        takeMark(one, index, one[index], open);
      }
    } else {
      for (const [key, value] of Object.entries(one)) {
        takeMark(one, key, value, open);
      }
    }
  }
}

function takeMark(holder: object, key: string | number, value: unknown, open: object[]): void {
  if (typeof value === "object" && value !== null) {
    open.push(value);
  } else if (typeof value === "string" && value.startsWith(MARK)) {
    const digits = value.slice(MARK.length);
    const kept = sentDigits.get(holder) ?? new Map<string, string>();
    sentDigits.set(holder, kept.set(String(key), digits));
    Reflect.set(holder, key, Number(digits));
  }
}
