import { decodeSegment } from "../protocol/api-request.ts";

/** The values of the placeholders of a text, decoded; undefined when the text is not of that form. */
export type Pattern = (text: string) => ReadonlyMap<string, string> | undefined;

/** How a template is written where it stands. */
interface Place {
  /** What lies between placeholders, as it is sent. */
  literal(piece: string): string;
  /** What a placeholder can be, as a group of a regular expression. */
  group(isReserved: boolean): string;
  /** A value as it was meant; undefined when it is no valid encoding. */
  value(sent: string): string | undefined;
}

/**
 * Reads the template of a path backwards: which values of its placeholders make this text.
 *
 * @param template - Such as `/jobs/{id}`; `{+id}` may span several segments.
 */
export function patternOf(template: string): Pattern {
  return patternAt(template, {
    // After a letter, so that a dot is no segment of its own.
    literal: (piece) => new URL(`http://h/x${piece}`).pathname.slice(2),
    group: (isReserved) => (isReserved ? "(.+)" : "([^/]+)"),
    value: decodeSegment,
  });
}

/** The same for what stands in headers and parameters. @param literal - Reads what lies between placeholders. */
export function textPatternOf(template: string, literal = (piece: string): string => piece): Pattern {
  return patternAt(template, { literal, group: () => "(.+)", value: (sent) => sent });
}

function patternAt(template: string, { literal, group, value }: Place): Pattern {
  const names: string[] = [];
  const source = template.split(/(\{[^{}]*\})/).map((piece) => {
    const [, plus, name] = /^\{(\+?)([^{}]*)\}$/.exec(piece) ?? [];
    if (name === undefined) {
      return literal(piece).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    }
    names.push(name);
    return group(plus === "+");
  });
  const expression = new RegExp(`^${source.join("")}$`, "s");
  return (text) => {
    const values = expression.exec(text)?.slice(1).map(value);
    return values === undefined || values.includes(undefined)
      ? undefined
      : new Map(names.map((name, at) => [name, values[at] ?? ""]));
  };
}
