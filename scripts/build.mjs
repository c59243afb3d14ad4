// Builds beside dist/ and swaps at the end: a running process or a parallel test never sees half a build,
// and a file whose source is gone does not linger.
//
// tsc checks and compiles; rolldown then writes each module without its comments, and the declarations of each entry
// point as far as it exports them: docs/decisions/package-size.md.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const root = join(import.meta.dirname, "..");
const fresh = join(root, `.dist-${process.pid}`);
const compiled = `${fresh}-tsc`;
const old = `${fresh}-old`;
const dist = join(root, "dist");

/** Files of dist/, as package.json names them: entry points, and commands, which have no declarations. */
const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const declared = Object.values(exports).flatMap(({ types }) => types ?? []);
const run = [...Object.values(exports).flatMap((one) => one.default ?? []), ...Object.values(bin)];

function entries(paths) {
  return Object.fromEntries(
    paths.map((path) => [
      path.replace(/^(?:\.\/)?dist\/|(?:\.d\.ts|\.js)$/g, ""),
      path.replace(/^(?:\.\/)?dist/, compiled),
    ]),
  );
}

/** rolldown writes a module's path above it, though it is the file's own. */
const withoutNames = {
  name: "without-names",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      file.code = file.code.replace(/^\/\/ \S+\.js\n/m, "");
    }
  },
};

async function write(paths, input, output) {
  const bundle = await rolldown({
    input: entries(paths),
    // Ours are relative; every other import stays what it is.
    external: (id) => !/^[./\\]|^[a-z]:\\/i.test(id),
    cwd: compiled,
    ...input,
  });
  await bundle.write({ dir: fresh, ...output });
  await bundle.close();
}

try {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const built = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", compiled], {
    cwd: root,
    stdio: "inherit",
  });
  if (built.status !== 0) {
    process.exitCode = built.status ?? 1;
  } else {
    await write(
      run,
      { platform: "node", plugins: [withoutNames] },
      {
        preserveModules: true,
        preserveModulesRoot: compiled,
        entryFileNames: "[name].js",
        comments: false,
      },
    );
    await write(declared, { plugins: [dts({ dtsInput: true })] }, { chunkFileNames: "types/[name].js" });
    for (const path of Object.values(bin)) {
      chmodSync(path.replace(/^dist/, fresh), 0o755);
    }
    if (existsSync(dist)) {
      renameSync(dist, old);
    }
    renameSync(fresh, dist);
  }
} finally {
  for (const folder of [compiled, fresh, old]) {
    rmSync(folder, { recursive: true, force: true });
  }
}
