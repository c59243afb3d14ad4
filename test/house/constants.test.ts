import ts from "typescript";
import { describe, expect, it } from "vitest";
import { productSources, type Source, sourceOf, visit } from "./product.ts";

/** Numbers that are named once; a file that needs one imports the name. */
const NAMED: ReadonlyMap<number, string> = new Map([
  [2 ** 31 - 1, "MAX_TIMER_MS"],
  [86_400_000, "DAY_MS or DEFAULT_TIMEOUT_MS"],
  [10 * 365 * 86_400_000, "MAX_DURATION_MS"],
]);

/** Constants of one meaning, whatever each file calls its own: at most one file names one. */
const MEANINGS: readonly (readonly [meaning: string, name: RegExp, value: number])[] = [
  ["the most tasks on a page", /PAGE|RESULTS/, 500],
  ["how long a call may take", /TIMEOUT/, 10_000],
  ["the share of jitter", /JITTER|SPREAD/, 0.1],
];

interface Constant {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly value: number | undefined;
}

/** What an expression of numbers comes to. */
function numberOf(node: ts.Expression): number | undefined {
  if (ts.isNumericLiteral(node)) {
    return Number(node.text);
  }
  if (ts.isParenthesizedExpression(node)) {
    return numberOf(node.expression);
  }
  if (!ts.isBinaryExpression(node)) {
    return undefined;
  }
  const [left, right] = [numberOf(node.left), numberOf(node.right)];
  if (left === undefined || right === undefined) {
    return undefined;
  }
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AsteriskToken:
      return left * right;
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return left ** right;
    case ts.SyntaxKind.PlusToken:
      return left + right;
    case ts.SyntaxKind.MinusToken:
      return left - right;
    default:
      return undefined;
  }
}

/** The constants of a file's top level that are written as capitals. */
function constantsOf({ file, syntax }: Source): Constant[] {
  return syntax.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      const isConstant = ts.isIdentifier(name) && /^[A-Z][A-Z0-9_]*$/.test(name.text);
      return isConstant && initializer !== undefined
        ? [{ file, name: name.text, text: initializer.getText(syntax), value: numberOf(initializer) }]
        : [];
    }),
  );
}

/** Files that hold one of a kind of thing, where more than one does. */
function twice(found: readonly (readonly [what: string, file: string])[]): string[] {
  const files = new Map<string, Set<string>>();
  for (const [what, file] of found) {
    files.set(what, (files.get(what) ?? new Set()).add(file));
  }
  return [...files].flatMap(([what, names]) => (names.size < 2 ? [] : [`${what}: ${[...names].join(", ")}`]));
}

function writtenTwice(sources: readonly Source[]): string[] {
  const numbers: [string, string][] = [];
  const constants = sources.flatMap(constantsOf);
  for (const source of sources) {
    visit(source.syntax, (node) => {
      const name = ts.isExpression(node) ? NAMED.get(numberOf(node) ?? Number.NaN) : undefined;
      if (name !== undefined) {
        numbers.push([name, source.file]);
      }
    });
  }
  const numeric = constants.filter(({ value }) => value !== undefined);
  return [
    ...twice(numbers),
    ...twice(numeric.map(({ name, value, file }) => [`${name} = ${value}`, file])),
    ...twice(
      numeric.flatMap(({ name, value, file }) =>
        MEANINGS.filter(([, pattern, number]) => value === number && pattern.test(name)).map(
          ([meaning]) => [meaning, file] as const,
        ),
      ),
    ),
    ...twice(
      constants
        .filter(({ text }) => text.startsWith("{") && text.includes("firstMs"))
        .map(({ text, file }) => [`backoff ${text.replace(/\s+/g, " ")}`, file]),
    ),
  ];
}

describe("a tuning number has one name", () => {
  it("which this check would notice, also as an expression, under another name, in a backoff", () => {
    const a = `const MAX_MS = 2 ** 31 - 1; const PAGE = 500; const SAME = 7; const B = { firstMs: 1, factor: 2, maxMs: 3 };`;
    const b = `f(2_147_483_647); const MAX_RESULTS = 500; const SAME = 7; const C = { firstMs: 1, factor: 2, maxMs: 3 };`;
    expect(writtenTwice([sourceOf("a.ts", a), sourceOf("b.ts", b)])).toEqual([
      "MAX_TIMER_MS: a.ts, b.ts",
      "SAME = 7: a.ts, b.ts",
      "the most tasks on a page: a.ts, b.ts",
      "backoff { firstMs: 1, factor: 2, maxMs: 3 }: a.ts, b.ts",
    ]);
  });

  it("in src/", () => {
    expect(writtenTwice(productSources()), "name it in the lowest room that all may import").toEqual([]);
  });
});
