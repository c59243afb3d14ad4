import ts from "typescript";
import { describe, expect, it } from "vitest";
import { placeOf, productSources, type Source, sourceOf, visit } from "./product.ts";

const MAX_CASTS = 3;

function neverCasts(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const found: string[] = [];
    visit(source.syntax, (node) => {
      if (ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.NeverKeyword) {
        found.push(placeOf(source, node));
      }
    });
    return found;
  });
}

const sources = productSources();

describe("at most 3 casts to never", () => {
  it("which this check would notice", () => {
    expect(neverCasts([sourceOf("src/a.ts", "const a = b as never;\n")])).toEqual(["src/a.ts:1"]);
  });

  it("in src/", () => {
    const casts = neverCasts(sources);
    expect(casts.length > MAX_CASTS ? casts : [], "give the value its type").toEqual([]);
  });
});
