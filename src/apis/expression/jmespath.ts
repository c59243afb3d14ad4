import { compile, TreeInterpreter } from "@jmespath-community/jmespath";

// The one file that knows which JMESPath package is used.

type Ast = ReturnType<typeof compile>;
type Json = Parameters<typeof TreeInterpreter.search>[1];

/** A node of a parsed expression, as far as checks read it. */
export interface AstNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A parsed expression, and how to run it. */
export interface Parsed {
  readonly ast: AstNode;
  /** Runs it. What a function of the expression refuses is thrown. */
  search(value: unknown): unknown;
}

/** Parses an expression. Throws an ordinary `Error` when its grammar is wrong. */
export function parseJmesPath(text: string): Parsed {
  const ast: Ast = compile(text);
  return {
    ast: ast as unknown as AstNode,
    search: (value) => TreeInterpreter.search(ast, value as Json),
  };
}
