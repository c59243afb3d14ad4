import type { AstNode } from "./jmespath.ts";

// What `aws --query` and `aliyun --waiter` know too, so that an expression can be tried there; and arithmetic.
const NODES: ReadonlySet<string> = new Set([
  "AndExpression",
  "Arithmetic",
  "Comparator",
  "Current",
  "ExpressionReference",
  "Field",
  "FilterProjection",
  "Flatten",
  "Function",
  "Identity",
  "Index",
  "IndexExpression",
  "KeyValuePair",
  "Literal",
  "MultiSelectHash",
  "MultiSelectList",
  "NotExpression",
  "OrExpression",
  "Pipe",
  "Projection",
  "Slice",
  "Subexpression",
  "Unary",
  "ValueProjection",
]);

const FUNCTIONS: ReadonlySet<string> = new Set([
  "abs",
  "avg",
  "ceil",
  "contains",
  "ends_with",
  "floor",
  "join",
  "keys",
  "length",
  "map",
  "max",
  "max_by",
  "merge",
  "min",
  "min_by",
  "not_null",
  "reverse",
  "sort",
  "sort_by",
  "starts_with",
  "sum",
  "to_array",
  "to_number",
  "to_string",
  "type",
  "values",
]);

// Lists made by an expression multiply: `[@,@][]` thirty times over is a billion items.
const MAX_GROWTH = 1000;

/** What an expression gives, as far as its grammar tells. */
export type Shape = "value" | "object or list" | "unknown";

/**
 * What is wrong with an expression that parses: grammar beyond the standard, or one that could grow without bound.
 *
 * @returns Undefined when nothing is.
 */
export function refusedGrammar(ast: AstNode): string | undefined {
  let growth = 1;
  for (const node of nodesOf(ast)) {
    if (!NODES.has(node.type)) {
      return `uses ${node.type}, which standard JMESPath does not have`;
    }
    if (node.type === "Function" && !FUNCTIONS.has(String(node["name"]))) {
      return `calls ${String(node["name"])}(), which standard JMESPath does not have`;
    }
    if (node.type === "MultiSelectList" || node.type === "MultiSelectHash") {
      growth *= Math.max(1, (node["children"] as readonly unknown[]).length);
    }
    if (growth > MAX_GROWTH) {
      return `makes lists of lists that could grow to more than ${MAX_GROWTH} times the answer`;
    }
  }
  return undefined;
}

const LIST_FUNCTIONS = new Set(["keys", "map", "merge", "reverse", "sort", "sort_by", "to_array", "values"]);
const LISTS = new Set([
  "MultiSelectHash",
  "MultiSelectList",
  "Projection",
  "FilterProjection",
  "ValueProjection",
  "Flatten",
]);
const VALUES = new Set(["Comparator", "NotExpression", "Arithmetic", "Unary"]);

/** What the expression gives, whatever it is given, unless that is empty: `list && 'word'` is a word or nothing. */
export function shapeOf(node: AstNode): Shape {
  if (LISTS.has(node.type)) {
    return "object or list";
  }
  if (VALUES.has(node.type)) {
    return "value";
  }
  const { left, right, value, name } = node;
  switch (node.type) {
    case "Pipe":
    case "Subexpression":
    case "AndExpression":
      return shapeOf(right as AstNode);
    case "OrExpression":
      return [left, right].some((side) => shapeOf(side as AstNode) === "object or list")
        ? "object or list"
        : shapeOf(right as AstNode);
    case "Literal":
      return typeof value === "object" && value !== null ? "object or list" : "value";
    case "Function":
      if (LIST_FUNCTIONS.has(String(name))) {
        return "object or list";
      }
      return name === "not_null" || String(name).endsWith("_by") ? "unknown" : "value";
    default:
      return "unknown";
  }
}

function* nodesOf(node: AstNode): Generator<AstNode> {
  yield node;
  // What a literal holds is no part of the expression.
  for (const part of node.type === "Literal" ? [] : Object.values(node)) {
    for (const child of Array.isArray(part) ? part : [part]) {
      if (typeof child === "object" && child !== null) {
        yield* nodesOf(child as AstNode);
      }
    }
  }
}
