/** Takes secrets out of a text. */
export type Scrub = (text: string) => string;

// Shorter ones are no secrets, and would take ordinary words apart.
const MIN_LENGTH = 4;
// Enough to know a secret by its beginning or its end: a service may cut what it echoes.
const PART_LENGTH = 24;
// An escape may be escaped itself.
const MAX_ROUNDS = 6;
const HIDDEN = "[hidden]";

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["plus", "+"],
  ["sol", "/"],
  ["equals", "="],
  ["lowbar", "_"],
  ["period", "."],
  ["dash", "-"],
  ["quot", '"'],
  ["apos", "'"],
  ["lt", "<"],
  ["gt", ">"],
]);

// %2b %u002b \u002b \u{2b} \x2b \053 \0053 \/ \" &#43; &#x2b; &plus;
const ESCAPE =
  /%(?:u00)?([0-9a-f]{2})|\\(?:u\{?0{0,4}([0-9a-f]{2})\}?|x([0-9a-f]{2})|0?([01][0-7]{2})|([!-/:-@[\]^_`{|}~]))|&#0{0,6}(\d{2,3});?|&#x0{0,6}([0-9a-f]{2});?|&([a-z]{3,6});/gi;

const WORD = /[^\s"'<>(){}[\],]+/g;

/**
 * Makes the function that takes these secrets out of a text, in any spelling: in any case, escaped for a URL, JSON, HTML or a shell,
 * several times over, in Base64 or hexadecimal, or cut at one end. The word around a secret goes with it.
 *
 * @param secrets - Keys, tokens, passwords, signatures.
 */
export function scrubber(secrets: readonly string[]): Scrub {
  const real = secrets.filter(({ length }) => length >= MIN_LENGTH);
  const forms = [...new Set(real.flatMap(partsOf).flatMap(formsOf))];
  const shows = (text: string): boolean => {
    const plain = unescaped(text).toLowerCase();
    return forms.some((form) => plain.includes(form));
  };
  return (text) => {
    if (!shows(text)) {
      return text;
    }
    const clean = text.replace(WORD, (word) => (shows(word) ? HIDDEN : word));
    return shows(clean) ? HIDDEN : clean;
  };
}

/** The same for one more secret, which is no other than letters and digits: it is spelled in one way. */
export function hidingToo(scrub: Scrub, secret: string | undefined): Scrub {
  return (text) => {
    const clean = scrub(text);
    return secret !== undefined && clean.includes(secret)
      ? clean.replace(WORD, (word) => (word.includes(secret) ? HIDDEN : word))
      : clean;
  };
}

function partsOf(secret: string): string[] {
  return secret.length <= PART_LENGTH ? [secret] : [secret.slice(0, PART_LENGTH), secret.slice(-PART_LENGTH)];
}

function formsOf(part: string): string[] {
  const bytes = Buffer.from(part);
  const hex = bytes.toString("hex");
  // In Base64 a text looks different by where it begins. What depends on its neighbours is cut off.
  const encoded = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const end = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice(Math.ceil((before * 4) / 3), end);
  });
  const inUrls = encoded.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  // Where a form was decoded, a plus has become a blank. A secret that holds an escape itself shows without it, and a
  // backslash at its end escapes what follows.
  const forms = [part, unescaped(part).replace(/\\$/, ""), hex, ...encoded, ...inUrls]
    .flatMap((form) => [form, form.replaceAll("+", " ")])
    .map((form) => form.toLowerCase());
  return forms.filter(({ length }) => length >= MIN_LENGTH);
}

function unescaped(text: string): string {
  let plain = text;
  for (let round = 0; round < MAX_ROUNDS && /[%\\&]/.test(plain); round += 1) {
    // Each level of escaping doubles backslashes: one stands for all.
    const next = plain.replace(/\\{2,}/g, "\\").replace(ESCAPE, decode);
    if (next === plain) {
      break;
    }
    plain = next;
  }
  return plain;
}

function decode(whole: string, ...groups: ReadonlyArray<string | undefined>): string {
  const [percent, unicode, hex, octal, literal, decimal, hexadecimal, name] = groups;
  if (literal !== undefined) {
    return literal;
  }
  if (name !== undefined) {
    return ENTITIES.get(name.toLowerCase()) ?? whole;
  }
  const byHex = percent ?? unicode ?? hex ?? hexadecimal;
  const code =
    byHex !== undefined
      ? Number.parseInt(byHex, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number(decimal);
  return code > 32 && code < 127 ? String.fromCharCode(code) : whole;
}
