import { eastAsianWidth } from "get-east-asian-width";

// Taking a text apart is slow, and few texts need it.
const PLAIN = /^[ -~]*$/;
const MARK = /^\p{M}+$/u;
// Shown as a picture, which takes two columns.
const PICTURE = /\p{Emoji_Presentation}|\ufe0f/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many columns of a terminal the text takes. It must be free of control characters. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) {
    return text.length;
  }
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += graphemeWidth(segment);
  }
  return width;
}

/** Cuts the text to at most so many columns, with an ellipsis at its end when something was lost. */
export function fitWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) {
    return text;
  }
  let kept = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) {
      break;
    }
    kept += segment;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/** {@link fitWidth}, then blanks up to exactly so many columns. */
export function padWidth(text: string, columns: number): string {
  const fitted = fitWidth(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - displayWidth(fitted)));
}

function graphemeWidth(grapheme: string): number {
  if (MARK.test(grapheme)) {
    return 0;
  }
  return PICTURE.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}
