import { styleText } from "node:util";

/** What a text is coloured for. */
export type Tone = "good" | "bad" | "busy" | "dim" | "strong";

/** Colours a text, or leaves it as it is when colours are off. */
export type Color = (tone: Tone, text: string) => string;

/** What `--color` can say. */
export type ColorChoice = "auto" | "always" | "never";

const FORMATS = { good: "green", bad: "red", busy: "cyan", dim: "dim", strong: "bold" } as const;

/** Leaves every text as it is. */
export const plain: Color = (_, text) => text;

/**
 * Whether to colour. `--color` goes before `NO_COLOR`, that before `FORCE_COLOR`, that before what the stream is.
 */
export function wantsColor(
  choice: ColorChoice,
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (choice !== "auto") {
    return choice === "always";
  }
  if (environment["NO_COLOR"]) {
    return false;
  }
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) {
    return forced !== "0" && forced !== "false";
  }
  return isTerminal && environment["TERM"] !== "dumb";
}

/** A {@link Color} that colours, or {@link plain}. */
export function makeColor(colored: boolean): Color {
  return colored ? (tone, text) => styleText(FORMATS[tone], text, { validateStream: false }) : plain;
}
