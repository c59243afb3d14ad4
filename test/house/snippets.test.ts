import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const docs = join(root, "docs");

/** What a reader has of their own. */
const YOURS = "declare const startMyService: any;\ndeclare const myDriver: any;\n";

interface Snippet {
  readonly file: string;
  readonly text: string;
}

/** The snippets of a page, each a module beside it; those that show a file of `examples/` are run by other tests. */
function snippetsOf(page: string, text: string): Snippet[] {
  return [...text.matchAll(/(<!-- from \S+ -->\n)?^```ts\n([\s\S]*?)^```/gm)]
    .filter(([, isExample]) => isExample === undefined)
    .map(([, , code = ""], index) => ({
      file: join(docs, `${page}.${index + 1}.mts`),
      text: `${code}export {};\n`,
    }));
}

/** What the compiler says of snippets, as a consumer's would who is less strict than we are. */
function faultsOf(snippets: readonly Snippet[]): string[] {
  const yours = join(docs, "yours.d.ts");
  const virtual = new Map([[yours, YOURS], ...snippets.map(({ file, text }) => [file, text] as const)]);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    strict: true,
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: { taskwait: [join(root, "src/index.ts")], "taskwait/*": [join(root, "src/*/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...virtual.keys()], options, {
    ...host,
    fileExists: (file) => virtual.has(file) || host.fileExists(file),
    readFile: (file) => virtual.get(file) ?? host.readFile(file),
    getSourceFile: (file, language) => {
      const text = virtual.get(file);
      return text === undefined
        ? host.getSourceFile(file, language)
        : ts.createSourceFile(file, text, language);
    },
  });
  return snippets.flatMap(({ file }) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) =>
        `${file.slice(docs.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

const snippets = readdirSync(docs)
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) => snippetsOf(page, readFileSync(join(docs, page), "utf8")));

/** What must not compile, and how the compiler says so. */
const WRONG = [
  ['await waitForTask("t-1");', "Cannot find name 'waitForTask'"],
  ['import { waitForTask } from "taskwait";\nwaitForTask("t-1", { timeoutSeconds: 1 });', "timeoutSeconds"],
  ['import { nothing } from "taskwait/testing";', "no exported member 'nothing'"],
] as const;

const wrong = WRONG.flatMap(([code], index) =>
  snippetsOf(`wrong-${index}.md`, `\`\`\`ts\n${code}\n\`\`\`\n`),
);

describe("every TypeScript snippet of docs/ compiles as it stands, imports included", () => {
  let faults: string[] = [];
  // One program for all: most of its time is the library.
  beforeAll(() => {
    faults = faultsOf([...snippets, ...wrong]);
  });

  it("so nobody copies what can't work", () => {
    expect(snippets.length).toBeGreaterThan(12);
    const found = faults.filter((fault) => !fault.startsWith("wrong-"));
    expect(found, "correct the snippet in docs/: it is compiled against src/").toEqual([]);
  });

  it("which this check would notice", () => {
    const found = faults.filter((fault) => fault.startsWith("wrong-"));
    expect(found).toEqual(WRONG.map(([, fault]) => expect.stringContaining(fault)));
  });
});
