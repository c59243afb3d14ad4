import { invalidOption } from "../../options/check-options.ts";
import { parseDurationMs } from "../../options/duration.ts";
import { MAX_DURATION_MS } from "../../options/named-durations.ts";
import { InvalidOptionError } from "../../task/errors.ts";
import { quoted } from "../../task/printable.ts";

/** How a value is written into the text around it. */
export type Encode = (value: string, isReserved: boolean) => string;

/** A text with placeholders. */
export interface Template {
  readonly path: string;
  /** The names that it needs, without `now`. */
  readonly names: ReadonlySet<string>;
  /** @param give - Gives the values; it throws for a missing one. */
  expand(give: (name: string) => string, nowMs: number, encode: Encode): string;
}

type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly name: string; readonly isReserved: boolean }
  | { readonly kind: "now"; readonly offsetMs: number };

const NAME = /^(\+?)([A-Za-z][A-Za-z0-9_]{0,63})$/;
const NOW = /^now(?:([+-])(.+))?$/;

/**
 * Reads placeholders as RFC 6570 writes them: `{name}` and `{+name}`; and `{now-29d}`.
 *
 * @param path - Where the declaration has it, for errors.
 * @param isHidden - Whether it may be a secret, which no error shows.
 * @throws {@link InvalidOptionError} for a brace that begins or ends nothing, or a placeholder of another form.
 */
export function parseTemplate(text: string, path: string, isHidden = false): Template {
  if (text.includes("${")) {
    throw invalidOption(path, "must have placeholders as {id}, without a dollar sign", text, isHidden);
  }
  const parts: Part[] = [];
  for (const piece of text.split(/(\{[^{}]*\})/)) {
    if (piece.startsWith("{") && piece.endsWith("}")) {
      parts.push(parsePlaceholder(piece, path, isHidden));
    } else if (/[{}]/.test(piece)) {
      throw invalidOption(path, "has a brace without its other one", text, isHidden);
    } else if (piece !== "") {
      parts.push({ kind: "text", text: piece });
    }
  }
  const names = new Set(parts.flatMap((part) => (part.kind === "value" ? [part.name] : [])));
  return {
    path,
    names,
    expand: (give, nowMs, encode) => parts.map((part) => expandPart(part, give, nowMs, encode)).join(""),
  };
}

function parsePlaceholder(piece: string, path: string, isHidden: boolean): Part {
  const inner = piece.slice(1, -1);
  const now = NOW.exec(inner);
  if (now !== null) {
    const [, sign, amount] = now;
    const offsetMs = amount === undefined ? 0 : parseDurationMs(amount, `${path}: ${quoted(piece)}`);
    if (offsetMs > MAX_DURATION_MS) {
      throw new InvalidOptionError(`${path} must have at most ten years in ${quoted(piece)}`);
    }
    return { kind: "now", offsetMs: sign === "-" ? -offsetMs : offsetMs };
  }
  const [, plus, name] = NAME.exec(inner) ?? [];
  if (name === undefined) {
    throw invalidOption(
      path,
      "must have placeholders such as {id}, {+id}, {region}, {name} or {now-29d}",
      piece,
      isHidden,
    );
  }
  return { kind: "value", name, isReserved: plus === "+" };
}

function expandPart(part: Part, give: (name: string) => string, nowMs: number, encode: Encode): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "now":
      return `${new Date(nowMs + part.offsetMs).toISOString().slice(0, 19)}Z`;
    case "value":
      return encode(give(part.name), part.isReserved);
  }
}
