// Builds beside dist/ and swaps at the end: a running process or a parallel test never sees half a build,
// and a file whose source was removed does not linger.
//
// tsc writes the declarations, rolldown each module without its comments, both with a map to src/ where src/ is packed,
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
import { dirname, join, sep } from "node:path";
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

function nameOf(path) {
  return path.replace(/^(?:\.\/)?dist\/|\.js$/g, "");
}

async function writeModules() {
  const names = [...entries, ...commands].map(nameOf);
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(source, `${name}.ts`)])),
    // Ours are relative; every other import stays what it is.
    external: (id) => !/^[./\\]|^[a-z]:\\/i.test(id),
    cwd: source,
    platform: "node",
    experimental: { attachDebugInfo: "none" },
    tsconfig,
  });
  await bundle.write({
    dir: fresh,
    preserveModules: true,
    preserveModulesRoot: source,
    entryFileNames: "[name].js",
    // An annotation such as webpackIgnore is for tools that read the module.
    comments: { legal: false, jsdoc: false, annotation: true },
    sourcemap: true,
    // src/ is in the package.
    sourcemapExcludeSources: true,
  });
  await bundle.close();
}

/** A module of data has a line, not one for each value, and no map: no frame of a stack is in it. */
function writeData(path, from) {
  const data = JSON.parse(readFileSync(from, "utf8"));
  // A quote within a text has a backslash before it, so what ends in quote and colon is a key.
  const text = JSON.stringify(data).replace(/"([A-Za-z_]\w*)":/g, "$1:");
  writeFileSync(path, `export default ${text};\n`);
}

/** Removes the maps that would lead to sources which the package leaves out. */
function removeDeadMaps() {
  for (const name of readdirSync(fresh, { recursive: true })) {
    const path = join(fresh, name);
    if (!unshipped.includes(name.split(sep)[0])) {
      continue;
    }
    if (name.endsWith(".map")) {
      rmSync(path);
    } else if (/\.(?:js|d\.ts)$/.test(name)) {
      writeFileSync(path, readFileSync(path, "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, ""));
    }
  }
}

// "export", "const" and the name: that is how far into a line of a declaration a name is.
const TO_THE_NAME = 3;

/** Whether nobody asks where a line of a declaration comes from: an import, a comment. */
function isSilent(line) {
  return /^import |^ *\/?\*/.test(line);
}

/**
 * Keeps of each map what a stack trace and go-to-definition need: where a line begins, the name that it declares, and
 * where within it the source's line changes. The columns between would be three quarters of its size.
 */
function thinMaps() {
  for (const name of readdirSync(fresh, { recursive: true }).filter((one) => one.endsWith(".map"))) {
    const path = join(fresh, name);
    const mapped = path.slice(0, -".map".length);
    const map = JSON.parse(readFileSync(path, "utf8"));
    if (map.sources.length === 1 && map.sources[0].endsWith(".json")) {
      writeData(mapped, join(dirname(path), map.sources[0]));
      rmSync(path);
      continue;
    }
    const isDeclaration = mapped.endsWith(".d.ts");
    const text = readFileSync(mapped, "utf8").split("\n");
    const heads = isDeclaration ? TO_THE_NAME : 1;
    const isKept = ([, file, line], at, segments) =>
      at < heads || file !== segments[at - 1][1] || line !== segments[at - 1][2];
    const lines = decode(map.mappings).map((segments, at) =>
      isDeclaration && isSilent(text[at]) ? [] : segments.filter(isKept),
    );
    writeFileSync(path, JSON.stringify({ ...map, mappings: encode(lines) }));
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
  writeDeclarations();
  thinMaps();
  removeDeadMaps();
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
