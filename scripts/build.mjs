// Builds beside dist/ and swaps at the end: a running process or a parallel test never sees half a build,
// and a file whose source was removed does not linger.
//
// tsc writes the declarations, rolldown the modules without their comments, both with maps to src/ where src/ is packed,
// made smaller here (docs/decisions/package-size.md). `npm run check:types` checks the types: the sources hold nothing that the
// build depends on (erasableSyntaxOnly, isolatedDeclarations).
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { rolldown } from "rolldown";
import { writeCommonJs } from "./commonjs.mjs";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const fresh = join(root, `.dist-${process.pid}`);
const old = `${fresh}-old`;
const dist = join(root, "dist");
const tsconfig = join(root, "tsconfig.build.json");

/** Where package.json leads; a command has no declarations. */
const { exports, bin, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.values(exports).flatMap((one) => one.default ?? one.import ?? []);
const required = Object.values(exports).flatMap((one) => (one.require === undefined ? [] : one.default));
const commands = Object.values(bin);
/** Rooms whose sources the package leaves out. */
const unshipped = files.flatMap((path) => (path.startsWith("!src/") ? path.slice("!src/".length) : []));

// Rooms that import no Node module: in files of their own, so that an app's bundler can leave out the rest.
const WITHOUT_NODE = /[\\/]src[\\/](?:async|task|options|policy|engine)[\\/]/;

function nameOf(path) {
  return path.replace(/^(?:\.\/)?dist\/|\.js$/g, "");
}

/** A module of data is one line: JSON, which is parsed faster than the same as code. */
const dataAsJson = {
  name: "data-as-json",
  load(id) {
    if (!id.endsWith(".json")) {
      return null;
    }
    const text = JSON.stringify(JSON.parse(readFileSync(id, "utf8")));
    const code = `export default /* @__PURE__ */ JSON.parse(${JSON.stringify(text)});\n`;
    return { code, moduleType: "js", map: null };
  },
};

/** The entry points and, in chunks/, what they share or load late: what is always loaded together is one file. */
async function writeModules() {
  const names = [...entries, ...commands].map(nameOf);
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(source, `${name}.ts`)])),
    // Ours are relative; every other import stays what it is.
    external: (id) => !/^[./\\]|^[a-z]:\\/i.test(id),
    cwd: source,
    platform: "node",
    experimental: { attachDebugInfo: "none" },
    plugins: [dataAsJson],
    tsconfig,
  });
  await bundle.write({
    dir: fresh,
    entryFileNames: "[name].js",
    // What src/index.ts alone reaches would be named after its folder, what more of them reach after all of them.
    chunkFileNames: ({ name }) => `chunks/${name === "src" ? "library" : name.replace(/~.*/s, "")}.js`,
    codeSplitting: { groups: [{ name: "engine", test: WITHOUT_NODE, entriesAware: true }] },
    // An annotation such as webpackIgnore is for tools that read the module.
    comments: { legal: false, jsdoc: false, annotation: true },
    sourcemap: true,
    // src/ is in the package.
    sourcemapExcludeSources: true,
  });
  await bundle.close();
}

/** Data has a quote at every other word: in single quotes none of them is escaped, which is 12 kB less. */
function quoteData() {
  for (const name of entries.map(nameOf)) {
    const path = join(fresh, `${name}.js`);
    const text = readFileSync(path, "utf8").replace(
      /JSON\.parse\(("(?:[^"\\]|\\.)*")\)/g,
      (_, quoted) => `JSON.parse('${JSON.parse(quoted).replace(/[\\']/g, "\\$&")}')`,
    );
    writeFileSync(path, text);
  }
}

/** Whether the package has the source that a map in a folder names. */
function isShipped(folder, from) {
  const [room] = relative(source, join(folder, from)).split(sep);
  return from.endsWith(".ts") && !unshipped.includes(room);
}

// "export", "const" and the name: that is how far into a line of a declaration a name is.
const TO_THE_NAME = 3;

/** Whether nobody asks where a line of a declaration comes from: an import, a comment. */
function isSilent(line) {
  return /^import |^ *\/?\*/.test(line);
}

/**
 * Keeps of each map what a stack trace and go-to-definition need: where a line begins, the name that it declares, and
 * where within it the source's line changes. The columns between would be three quarters of its size. What comes from
 * a source that the package leaves out leads nowhere, and a map that leads nowhere goes.
 */
function thinMaps() {
  for (const name of readdirSync(fresh, { recursive: true }).filter((one) => one.endsWith(".map"))) {
    const path = join(fresh, name);
    const mapped = path.slice(0, -".map".length);
    const map = JSON.parse(readFileSync(path, "utf8"));
    const sources = map.sources.filter((from) => isShipped(dirname(path), from));
    const written = readFileSync(mapped, "utf8");
    if (sources.length === 0) {
      rmSync(path);
      writeFileSync(mapped, written.replace(/^\/\/# sourceMappingURL=.*$/m, ""));
      continue;
    }
    const isDeclaration = mapped.endsWith(".d.ts");
    const text = written.split("\n");
    const heads = isDeclaration ? TO_THE_NAME : 1;
    // A segment of one number says that no source is known from there on.
    const led = ([column, file, ...rest]) => {
      const at = sources.indexOf(map.sources[file]);
      return at < 0 ? [column] : [column, at, ...rest];
    };
    const isKept = ([, file, line], at, segments) =>
      at < heads || file !== segments[at - 1][1] || line !== segments[at - 1][2];
    const lines = decode(map.mappings).map((segments, at) =>
      isDeclaration && isSilent(text[at]) ? [] : segments.map(led).filter(isKept),
    );
    writeFileSync(path, JSON.stringify({ ...map, sources, mappings: encode(lines) }));
  }
}

/**
 * Declarations that every compiler and target takes: ".js" for ".ts", which is as long, so the map holds; and a private
 * member with a plain name for the one that says that a class has private members.
 */
function portable(text) {
  let name;
  return text
    .replace(/((?:from|import\() ?"\.[^"]+)\.ts"/g, '$1.js"')
    .replace(/ class (\w+)|^(\s+)#private;$/gm, (line, className, indent) => {
      name = className ?? name;
      return className === undefined ? `${indent}private readonly "#${name}";` : line;
    });
}

/** All declarations, which tsc lets import ".ts", then without those that no entry point reaches. */
function writeDeclarations() {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", tsconfig, "--outDir", fresh], { stdio: "inherit" });
  const reached = new Set();
  const reach = (path) => {
    if (!reached.has(path)) {
      reached.add(path);
      const written = readFileSync(path, "utf8");
      const text = portable(written);
      writeFileSync(path, text);
      for (const [, to] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g)) {
        reach(join(dirname(path), `${to}.d.ts`));
      }
    }
  };
  for (const path of entries) {
    reach(join(fresh, `${nameOf(path)}.d.ts`));
  }
  for (const name of readdirSync(fresh, { recursive: true })) {
    const path = join(fresh, name.replace(/\.map$/, ""));
    if (path.endsWith(".d.ts") && !reached.has(path)) {
      rmSync(join(fresh, name));
    }
  }
}

/** Folders that hold nothing. */
function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      removeEmpty(join(folder, entry.name));
    }
  }
  if (readdirSync(folder).length === 0) {
    rmdirSync(folder);
  }
}

try {
  await writeModules();
  quoteData();
  writeDeclarations();
  thinMaps();
  removeEmpty(fresh);
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
