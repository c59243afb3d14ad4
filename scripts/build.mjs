// Builds beside dist/ and swaps at the end: a running process or a parallel test never sees half a build,
// and a file whose source is gone does not linger.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const fresh = join(root, `.dist-${process.pid}`);
const old = `${fresh}-old`;
const dist = join(root, "dist");

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const built = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", fresh], {
  cwd: root,
  stdio: "inherit",
});
if (built.status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(built.status ?? 1);
}
chmodSync(join(fresh, "cli/main.js"), 0o755);
if (existsSync(dist)) {
  renameSync(dist, old);
}
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
