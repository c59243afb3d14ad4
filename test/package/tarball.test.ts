import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pack, run, type Tarball, temporaryFolder } from "./npm.ts";

const folder = temporaryFolder();
const unpacked = join(folder, "package");
let tarball: Tarball;
let manifest: Record<string, unknown>;

function read(path: string): string {
  return readFileSync(join(unpacked, path), "utf8");
}

/** Every path that a value of `exports` leads to. */
function targets(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(targets) : [];
}

beforeAll(async () => {
  tarball = await pack(folder);
  const { code, stderr } = await run(folder, "tar", "-xzf", tarball.file);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  manifest = JSON.parse(read("package.json")) as Record<string, unknown>;
});

describe("the tarball", () => {
  it("holds dist, docs and the pages of the root, nothing else", () => {
    const odd = tarball.paths.filter(
      (path) => !/^(?:dist\/|docs\/|(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/.test(path),
    );
    expect(odd).toEqual([]);
    expect(tarball.paths).toEqual(
      expect.arrayContaining(["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/index.js"]),
    );
  });

  it("holds in dist/ only what tsc emits, and the generated reference not at all", () => {
    const odd = tarball.paths.filter((path) => path.startsWith("dist/") && !/\.(?:js|d\.ts)$/.test(path));
    expect(odd).toEqual([]);
    expect(tarball.paths.filter((path) => path.startsWith("docs/api/"))).toEqual([]);
  });

  it("holds a built file for each source file, and none whose source is gone", () => {
    const scripts = tarball.paths.filter((path) => path.startsWith("dist/") && path.endsWith(".js"));
    const orphans = scripts.filter(
      (path) =>
        !existsSync(join(import.meta.dirname, "../..", path.replace(/^dist\//, "src/").replace(/js$/, "ts"))),
    );
    expect(scripts.length).toBeGreaterThan(10);
    expect(orphans).toEqual([]);
  });

  it("stays under 1 MB unpacked", () => {
    expect(tarball.unpackedBytes).toBeGreaterThan(10_000);
    expect(tarball.unpackedBytes).toBeLessThan(1_000_000);
  });

  it("promises no source map, as it holds none: maps with their sources would be two thirds of it", () => {
    const promising = tarball.paths.filter(
      (path) => path.startsWith("dist/") && read(path).includes("//# sourceMappingURL="),
    );
    expect(promising).toEqual([]);
  });

  it("has a file behind every export, and behind the command, which starts with a hash-bang", () => {
    const behind = [...targets(manifest["exports"]), ...targets(manifest["bin"])];
    expect(behind.length).toBeGreaterThan(3);
    expect(behind.filter((path) => !existsSync(join(unpacked, path)))).toEqual([]);
    for (const path of targets(manifest["bin"])) {
      expect(read(path)).toMatch(/^#!\/usr\/bin\/env node\n/);
      expect(statSync(join(unpacked, path)).mode & 0o111).not.toBe(0);
    }
  });

  it("runs nothing at installation and has at most 8 direct dependencies", () => {
    const scripts = Object.keys(manifest["scripts"] ?? {});
    expect(scripts.filter((name) => ["preinstall", "install", "postinstall"].includes(name))).toEqual([]);
    expect(Object.keys(manifest["dependencies"] ?? {}).length).toBeLessThanOrEqual(8);
    expect(manifest["sideEffects"]).toBe(false);
    expect(manifest["license"]).toBe("MIT");
  });
});
