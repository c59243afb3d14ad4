import { InvalidOptionError } from "../../task/errors.ts";
import { printable, quoted } from "../../task/printable.ts";
import { refusedGrammar, shapeOf } from "./grammar.ts";
import { type Parsed, parseJmesPath } from "./jmespath.ts";

const MAX_LENGTH = 1000;
const MAX_WORD_LENGTH = 1000;

/** A value that an expression may give: never an object, a list or null. */
export type Scalar = string | number | boolean;

/**
 * A checked JMESPath expression.
 *
 * @hidden
 */
export interface Expression {
  readonly text: string;
  /** Where the declaration has it, such as `task.status`. */
  readonly path: string;
  /** What it gives. Throws when a function of the expression refuses its argument. */
  evaluate(value: unknown): unknown;
}

/**
 * Compiles an expression once.
 *
 * @param text - The expression.
 * @param path - Where the declaration has it; errors begin with it.
 * @param gives - `"value"` refuses expressions that can only give an object or a list, `"place"` those that can't.
 * @throws {@link InvalidOptionError} when it does not compile, is not standard, or can't give what is wanted.
 *
 * @hidden Exported for the command, which imports nothing but public entry points.
 */
export function compileExpression(text: string, path: string, gives: "value" | "place" | "any"): Expression {
  if (text.length > MAX_LENGTH) {
    throw new InvalidOptionError(`${path} must have at most ${MAX_LENGTH} characters, got ${text.length}`);
  }
  const parsed = parse(text, path);
  const refused = refusedGrammar(parsed.ast);
  if (refused !== undefined) {
    throw new InvalidOptionError(`${path} ${refused}, got ${quoted(text)}`);
  }
  const shape = shapeOf(parsed.ast);
  if (gives === "value" && shape === "object or list") {
    throw new InvalidOptionError(
      `${path} must give a word, a number or a boolean, but ${quoted(text)} gives an object or a list`,
    );
  }
  if (gives === "place" && shape === "value") {
    throw new InvalidOptionError(
      `${path} must give an object or a list, but ${quoted(text)} gives a single value`,
    );
  }
  return { text, path, evaluate: (value) => parsed.search(value) };
}

function parse(text: string, path: string): Parsed {
  try {
    return parseJmesPath(text);
  } catch (error) {
    const why = error instanceof RangeError ? "it is nested too deeply" : String((error as Error).message);
    throw new InvalidOptionError(
      `${path} must be a JMESPath expression, got ${quoted(text)}: ${printable(why, 200)}`,
    );
  }
}

/**
 * What an expression gives, if that is a word, a finite number or a boolean. Everything else (functions of
 * JavaScript's own, objects, very long strings) counts as absent, as does an empty string.
 */
export function scalarOf(value: unknown): Scalar | undefined {
  switch (typeof value) {
    case "string":
      return value !== "" && value.length <= MAX_WORD_LENGTH ? value : undefined;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "boolean":
      return value;
    default:
      return undefined;
  }
}
