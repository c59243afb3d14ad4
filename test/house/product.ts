import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export const root: string = join(import.meta.dirname, "../..");

/** A file as a rule reads it; `file` is its path below the root. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

export interface Source extends Page {
  readonly syntax: ts.SourceFile;
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The files below `folder` whose names end so, generated ones aside. */
export function pagesIn(folder: string, ending: string): Page[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(ending) && !file.startsWith("docs/api/"))
    .map((file) => ({ file, text: read(file) }));
}

export function sourceOf(file: string, text: string): Source {
  return { file, text, syntax: ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true) };
}

let product: readonly Source[] | undefined;

/** All of src/. */
export function productSources(): readonly Source[] {
  product ??= pagesIn("src", ".ts").map(({ file, text }) => sourceOf(file, text));
  return product;
}

/** Visits a node and all that are in it. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** Where a node is, for a reader who wants to go there. */
export function placeOf({ file, syntax }: Source, node: ts.Node): string {
  return `${file}:${syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1}`;
}
