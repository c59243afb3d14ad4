import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { scrubEnvelope } from "../../src/openapi/response/envelope.ts";
import { scrubber } from "../../src/openapi/response/scrub.ts";

const TOKEN = "CAISleak/Test+Token/abcdefghijklmnopqrstuvwxyz0123456789+/==";
const KEY_ID = "LTAI5tLeakTestKeyId";
const scrub = scrubber([TOKEN, KEY_ID]);

const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(2, "0");
const each = (spell: (char: string) => string) => (text: string) => Array.from(text, spell).join("");
const odd = (spell: (char: string) => string) => (text: string) => text.replace(/[^A-Za-z0-9]/g, spell);

const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "%2F": encodeURIComponent,
  "%2f": odd((char) => `%${hex(char)}`),
  "%252F": (text) => encodeURIComponent(encodeURIComponent(text)),
  "%41 for every character": each((char) => `%${hex(char)}`),
  "a slash after a backslash": (text) => text.replaceAll("/", "\\/"),
  "JSON within JSON within JSON": (text) => JSON.stringify(JSON.stringify(text.replaceAll("/", "\\/"))),
  "\\u0041": each((char) => `\\u00${hex(char)}`),
  "\\U002F of odd ones, upper case": odd((char) => `\\u00${hex(char).toUpperCase()}`),
  "\\x2f": odd((char) => `\\x${hex(char)}`),
  "\\u{2f}": odd((char) => `\\u{${hex(char)}}`),
  "\\057": odd((char) => `\\0${char.charCodeAt(0).toString(8)}`),
  "&#43;": odd((char) => `&#${char.charCodeAt(0)};`),
  "&#x2B;": each((char) => `&#x${hex(char)};`),
  "&sol;": (text) => text.replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll("=", "&equals;"),
  "&#43; with its & as \\u0026": odd((char) => `\\u0026#${char.charCodeAt(0)};`),
  "a form's blanks": (text) => text.replaceAll("+", " "),
  Base64: (text) => Buffer.from(text).toString("base64"),
  "Base64 of a header": (text) => Buffer.from(`x-acs-security-token: ${text}\r\n`).toString("base64"),
  "Base64 for URLs": (text) => Buffer.from(`{"t":"${text}"}`).toString("base64url"),
  hexadecimal: (text) => Buffer.from(text).toString("hex"),
  "its first half": (text) => text.slice(0, Math.max(24, text.length / 2)),
  "its second half": (text) => text.slice(-Math.max(24, text.length / 2)),
};

describe.each(Object.entries(SPELLINGS))("a secret spelled as %s", (_, spell) => {
  it.each([TOKEN, KEY_ID])("%s never shows, and the words around it stay", (secret) => {
    const spelled = spell(secret);
    const shown = scrub(`token refused: ${spelled} . Please renew`);
    expect(shown).not.toContain(spelled);
    expect(shown === "[hidden]" || /^token refused: .*\[hidden\].* \. Please renew$/s.test(shown)).toBe(true);
    expect(scrub(shown)).toBe(shown);
  });
});

// What a key of a declared API may hold: any character that a header can carry.
const AWKWARD = [
  'sEcReT+/key=with"quote',
  "key%2Fwith%41an-escape",
  "key\\u002fwith\\x41an-escape",
  "key\\\\with\\backslashes\\",
  "key&amp;with&#43;entities&quot;",
  "key[with]{all}<of>`them`^|;:'()",
];

describe.each(Object.entries(SPELLINGS))("a key with escapes of its own, spelled as %s", (_, spell) => {
  it.each(AWKWARD)("%s never shows", (secret) => {
    const spelled = spell(secret);
    expect(scrubber([secret])(`token refused: ${spelled} . Please renew`)).not.toContain(spelled);
  });
});

it.each(AWKWARD)("%s never shows in JSON within JSON", (secret) => {
  const text = JSON.stringify({ headers: JSON.stringify({ authorization: `Bearer ${secret}` }) });
  const shown = scrubber([secret])(text);
  expect(shown).not.toContain(JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1));
  expect(scrubber([secret])(JSON.parse(text).headers)).not.toContain(JSON.stringify(secret).slice(1, -1));
});

it.each(["", "no secret here", "100 % of \\u0041 & &amp; x\\/y", "CAIS", "LTAI5t", "+/==", "[hidden]"])(
  "the text %j stays as it is",
  (text) => {
    expect(scrub(text)).toBe(text);
  },
);

it("a secret comes out of every string and name of an answer, however deep", () => {
  const body = JSON.parse(
    JSON.stringify({
      Data: { [TOKEN]: 1, ErrorMessage: `no ${KEY_ID}`, list: [{ a: TOKEN.replaceAll("/", "\\/") }] },
    }),
  ) as Record<string, unknown>;
  scrubEnvelope(body, scrub);
  expect(body).toEqual({ Data: { ErrorMessage: "no [hidden]", list: [{ a: "[hidden]" }] } });
});

it.each(["\\", "%", "&", "%25", "&#", "\\u", " ", "a", "=", "[", '"'])(
  "1 MiB of %j takes no longer than its length asks for",
  (awkward) => {
    const text = awkward.repeat(Math.ceil(1_048_576 / awkward.length)) + KEY_ID;
    const beganMs = performance.now();
    scrub(text);
    // Linear it is some 50 ms, quadratic it would be minutes.
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  },
);
