import { decodeSegment } from "../protocol/api-request.ts";

/** The values of the placeholders of a text, decoded; undefined when the text is not of that form. */
export type Pattern = (text: string) => ReadonlyMap<string, string> | undefined;

/**
 * Reads a template backwards: which values of its placeholders make this text.
 *
 * @param template - Such as `/jobs/{id}`; `{+id}` may span several segments.
 */
export function patternOf(template: string): Pattern {
  const names: string[] = [];
  const source = template.split(/(\{[^{}]*\})/).map((piece) => {
    const [, plus, name] = /^\{(\+?)([^{}]*)\}$/.exec(piece) ?? [];
    if (name === undefined) {
      return piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    }
    names.push(name);
    return plus === "+" ? "(.+)" : "([^/]+)";
  });
  const expression = new RegExp(`^${source.join("")}$`, "s");
  return (text) => {
    const found = expression.exec(text);
    const values = found?.slice(1).map((value) => decodeSegment(value));
    return values === undefined || values.includes(undefined)
      ? undefined
      : new Map(names.map((name, at) => [name, values[at] ?? ""]));
  };
}
