// Builds beside dist/ and swaps at the end: a running process or a parallel test never sees half a build,
// and a file whose source is gone does not linger.
//
// Each module is written without its comments, and for each entry point one file of declarations, as far as it
// exports them (docs/decisions/package-size.md). Types are not checked here but by `npm run check:types`: the sources
// hold nothing that depends on it (erasableSyntaxOnly, isolatedDeclarations).
import { chmodSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { writeCommonJs } from "./commonjs.mjs";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const fresh = join(root, `.dist-${process.pid}`);
const old = `${fresh}-old`;
const dist = join(root, "dist");
const tsconfig = join(root, "tsconfig.build.json");

/** Where package.json leads; a command has no declarations. */
const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.values(exports).flatMap((one) => one.default ?? one.import ?? []);
const required = Object.values(exports).flatMap((one) => (one.require === undefined ? [] : one.default));
const commands = Object.values(bin);

async function write(paths, plugins, output) {
  const names = paths.map((path) => path.replace(/^(?:\.\/)?dist\/|\.js$/g, ""));
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(source, `${name}.ts`)])),
    // Ours are relative; every other import stays what it is.
    external: (id) => !/^[./\\]|^[a-z]:\\/i.test(id),
    cwd: source,
    platform: "node",
    tsconfig,
    plugins,
  });
  const written = await bundle.write({ dir: fresh, ...output });
  await bundle.close();
  return written.output;
}

/** Says in an entry point's declarations what is only a type there: of a class that several share, rolldown forgets it. */
function typesOnly(modules) {
  const values = new Map(modules.map(({ fileName, exports }) => [fileName.replace(/js$/, "d.ts"), exports]));
  const mark = (names, file) =>
    names
      .replace(/\btype /g, "")
      .split(", ")
      .map((one) => (values.get(file).includes(one.split(" ").at(-1)) ? one : `type ${one}`))
      .join(", ");
  return {
    name: "types-only",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle).filter(({ isEntry }) => isEntry)) {
        file.code = file.code.replace(/(?<=^export \{ ).*(?= \};$)/m, (names) => mark(names, file.fileName));
      }
    },
  };
}

/** Undoes two habits of rolldown: a module's path above it, and documentation without its indent. */
const tidy = {
  name: "tidy",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      file.code = file.fileName.endsWith(".d.ts")
        ? file.code.replace(/^([ \t]*)\*(?=[ /\n])/gm, "$1 *")
        : file.code.replace(/^\/\/ \S+\.ts\n/m, "");
    }
  },
};

try {
  const modules = await write([...entries, ...commands], [tidy], {
    preserveModules: true,
    preserveModulesRoot: source,
    entryFileNames: "[name].js",
    comments: false,
  });
  await write(entries, [dts({ oxc: true, emitDtsOnly: true, tsconfig }), tidy, typesOnly(modules)], {
    chunkFileNames: "types/[name].js",
  });
  writeCommonJs(required.map((path) => path.replace(/^\.\/dist/, fresh)));
  for (const path of commands) {
    chmodSync(path.replace(/^dist/, fresh), 0o755);
  }
  if (existsSync(dist)) {
    renameSync(dist, old);
  }
  renameSync(fresh, dist);
} finally {
  for (const folder of [fresh, old]) {
    rmSync(folder, { recursive: true, force: true });
  }
}
