// What require() gives is what import gives: a CommonJS module of one line hands on the ES module, and its declaration
// says of each name only that it is the ES module's, so that no class and no type exists twice. Without them TypeScript
// before 5.8 refuses require(), as it does for every ES module (docs/decisions/esm-only.md).
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";

/** Writes `x.cjs` and `x.d.cts` beside each `x.js`, which has its `x.d.ts`. */
export function writeCommonJs(modules) {
  const paths = modules.map((path) => path.replace(/\.js$/, ""));
  // Names and what they stand for are all that is asked: neither the platform's types nor a dependency's matter.
  const program = ts.createProgram(
    paths.map((path) => `${path}.d.ts`),
    {
      noLib: true,
      types: [],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  );
  const checker = program.getTypeChecker();
  for (const path of paths) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(`${path}.d.ts`));
    const lines = checker.getExportsOfModule(module).map((symbol) => line(symbol, checker));
    writeFileSync(`${path}.cjs`, `module.exports = require("./${basename(path)}.js");\n`);
    writeFileSync(`${path}.d.cts`, declaration(basename(path), lines));
  }
}

function declaration(name, lines) {
  const from = `from "./${name}.js" with { "resolution-mode": "import" };`;
  const types = lines.flatMap(({ type }) => type ?? []);
  const values = lines.flatMap(({ value }) => value ?? []);
  return [
    `import type * as esm ${from}`,
    ...(types.length > 0 ? [`export type { ${types.join(", ")} } ${from}`] : []),
    ...values,
    "",
  ].join("\n");
}

function line(symbol, checker) {
  const { name } = symbol;
  const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  // A class that nobody but us may make is exported as a type.
  const isType = symbol.declarations.some(ts.isTypeOnlyExportDeclaration);
  if (isType || (meant.flags & ts.SymbolFlags.Value) === 0) {
    return { type: name };
  }
  const value = `export declare const ${name}: typeof esm.${name};`;
  const isClass = (meant.flags & ts.SymbolFlags.Type) !== 0;
  return { value: isClass ? `${value}\nexport type ${name} = esm.${name};` : value };
}
