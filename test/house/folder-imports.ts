import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";

const src = join(import.meta.dirname, "../../src");

/** A folder of src/: its own files, and the other folders that they import from. */
export interface Folder {
  readonly files: string[];
  readonly imports: Set<string>;
}

/** Each folder of src/ that has files of its own, by its path below src/; src/index.ts aside. */
export function folderImports(): Map<string, Folder> {
  const folders = new Map<string, Folder>();
  for (const file of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    const folder = dirname(file);
    if (!file.endsWith(".ts") || folder === ".") {
      continue;
    }
    const { files, imports } = folders.get(folder) ?? { files: [], imports: new Set<string>() };
    folders.set(folder, { files, imports });
    files.push(file.slice(folder.length + 1));
    for (const { fileName } of ts.preProcessFile(readFileSync(join(src, file), "utf8")).importedFiles) {
      const to = dirname(normalize(join(folder, fileName)));
      if (fileName.startsWith(".") && to !== folder && to !== ".") {
        imports.add(to);
      }
    }
  }
  return folders;
}
