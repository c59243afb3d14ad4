import ts from "typescript";
import { describe, expect, it } from "vitest";
import { placeOf, productSources, type Source, sourceOf, visit } from "./product.ts";

const MAX_LINES = 250;
const ONE_FILE_EACH = ["p-retry", "p-throttle", "eventemitter3", "@jmespath-community/jmespath"];

/** Imports that the linter does not see, and so can't hold to the ranks. */
function hiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const found: string[] = [];
    visit(source.syntax, (node) => {
      const isCall = ts.isCallExpression(node);
      const name = isCall ? node.expression.getText() : "";
      const isRequire = name === "require" || /(?:^|\.)createRequire$/.test(name);
      const isVariable =
        isCall &&
        node.expression.kind === ts.SyntaxKind.ImportKeyword &&
        !ts.isStringLiteral(node.arguments[0] as ts.Node);
      if (ts.isImportTypeNode(node) || isRequire || isVariable) {
        found.push(`${placeOf(source, node)}: ${node.getText().slice(0, 60)}`);
      }
    });
    return found;
  });
}

function drawsAtRandom(sources: readonly Source[]): string[] {
  return sources
    .filter(({ file }) => /^src\/(?:policy|task)\//.test(file))
    .filter(({ text }) => /\bMath\s*\.\s*random\b/.test(text))
    .map(({ file }) => file);
}

function tooLong(sources: readonly Source[]): string[] {
  return sources
    .map(({ file, text }) => ({ file, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ file, lines }) => `${file}: ${lines} lines`);
}

function importedTwice(sources: readonly Source[]): string[] {
  return ONE_FILE_EACH.flatMap((name) => {
    const importers = sources
      .filter(({ text }) => ts.preProcessFile(text).importedFiles.some(({ fileName }) => fileName === name))
      .map(({ file }) => file);
    return importers.length > 1 ? [`${name}: ${importers.join(", ")}`] : [];
  });
}

const sources = productSources();

describe("no import hides from the rank rules", () => {
  it.each([
    ['export type A = import("../engine/x.ts").A;'],
    ['const a = require("../engine/x.ts");'],
    ["const load = module.createRequire(import.meta.url);"],
    ["const a = await import(name);"],
  ])("this check finds %s", (text) => {
    expect(hiddenImports([sourceOf("src/a.ts", text)])).toHaveLength(1);
  });

  it.each([['import { a } from "./a.ts";'], ['const a = await import("./a.ts");']])(
    "but leaves %s",
    (text) => {
      expect(hiddenImports([sourceOf("src/a.ts", text)])).toEqual([]);
    },
  );

  it("in src/", () => {
    expect(hiddenImports(sources), "import by a plain import statement").toEqual([]);
  });
});

describe("policy/ and task/ take chance as an argument", () => {
  it("which this check would notice", () => {
    expect(drawsAtRandom([sourceOf("src/policy/a.ts", "const a = Math.random();")])).toHaveLength(1);
  });

  it("in src/", () => {
    expect(drawsAtRandom(sources), "take a function `random` from the caller").toEqual([]);
  });
});

describe("no file outgrows 250 lines, comments and templates counted, which the linter leaves out", () => {
  it("which this check would notice", () => {
    expect(tooLong([sourceOf("src/a.ts", "//\n".repeat(251))])).toEqual(["src/a.ts: 251 lines"]);
    expect(tooLong([sourceOf("src/a.ts", "//\n".repeat(250))])).toEqual([]);
  });

  it("in src/", () => {
    expect(tooLong(sources), "split it by nouns").toEqual([]);
  });
});

describe("a package that stands behind one module is imported there only", () => {
  it("which this check would notice", () => {
    const twice = ["src/a.ts", "src/b.ts"].map((file) => sourceOf(file, 'import retry from "p-retry";'));
    expect(importedTwice(twice)).toEqual(["p-retry: src/a.ts, src/b.ts"]);
    expect(importedTwice(twice.slice(1))).toEqual([]);
  });

  it("in src/", () => {
    expect(importedTwice(sources), "use the module that wraps it").toEqual([]);
  });
});
