import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

/** Imports that the linter does not see, and so can't hold to the ranks; and chance, which it can't name. */
function unseen(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportTypeNode(node)) {
      found.push(node.getText());
    }
    if (ts.isCallExpression(node)) {
      const name = node.expression.getText();
      if (name === "require" || name === "createRequire" || name.endsWith(".createRequire")) {
        found.push(node.getText());
      }
      if (
        node.expression.kind === ts.SyntaxKind.ImportKeyword &&
        !ts.isStringLiteral(node.arguments[0] as ts.Node)
      ) {
        found.push(node.getText());
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.ts", text, ts.ScriptTarget.ESNext, true));
  return found;
}

function chance(text: string): boolean {
  return /\bMath\s*\.\s*random\b/.test(text);
}

describe("no import hides from the rank rules", () => {
  it.each([
    ['export type A = import("../engine/x.ts").A;'],
    ['const a = require("../engine/x.ts");'],
    ["const load = module.createRequire(import.meta.url);"],
    ["const a = await import(name);"],
  ])("this check finds %s", (text) => {
    expect(unseen(text)).toHaveLength(1);
  });

  it.each([['import { a } from "./a.ts";'], ['const a = await import("./a.ts");']])(
    "but leaves %s",
    (text) => {
      expect(unseen(text)).toEqual([]);
    },
  );

  it.each(files)("src/%s", (file) => {
    expect(unseen(readFileSync(join(src, file), "utf8"))).toEqual([]);
  });
});

describe("policy/ and task/ take chance as an argument", () => {
  it("which this check would notice", () => {
    expect(chance("const a = Math.random();")).toBe(true);
  });

  it.each(files.filter((name) => /^(?:policy|task)[\\/]/.test(name)))("src/%s", (file) => {
    expect(chance(readFileSync(join(src, file), "utf8"))).toBe(false);
  });
});

describe("no file outgrows 250 lines, comments and templates counted, which the linter leaves out", () => {
  it.each(files)("src/%s", (file) => {
    expect(readFileSync(join(src, file), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(250);
  });
});
