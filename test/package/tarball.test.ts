import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pack, root, run, type Tarball, temporaryFolder } from "./npm.ts";

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
  it("holds dist and the pages of the root, nothing else", () => {
    const odd = tarball.paths.filter(
      (path) => !/^(?:dist\/|(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$)/.test(path),
    );
    expect(odd).toEqual([]);
    expect(tarball.paths).toEqual(
      expect.arrayContaining(["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/index.js"]),
    );
  });

  it("holds in dist/ only modules and declarations, and an ES module only where a source file is", () => {
    const built = tarball.paths.filter((path) => path.startsWith("dist/"));
    const modules = built.filter((path) => path.endsWith(".js"));
    const orphans = modules.filter(
      (path) => !existsSync(join(root, path.replace(/^dist\//, "src/").replace(/js$/, "ts"))),
    );
    expect(built.filter((path) => !/\.(?:js|d\.ts|cjs|d\.cts)$/.test(path))).toEqual([]);
    expect(modules.length).toBeGreaterThan(10);
    expect(orphans).toEqual([]);
  });

  it("stays under 600 kB unpacked", () => {
    expect(tarball.unpackedBytes).toBeGreaterThan(10_000);
    expect(tarball.unpackedBytes).toBeLessThan(600_000);
  });

  it("leaves its modules readable, as it holds no source maps", () => {
    const source = read("dist/engine/watch.js");
    const promising = tarball.paths.filter(
      (path) => path.startsWith("dist/") && read(path).includes("//# sourceMappingURL="),
    );
    expect(promising).toEqual([]);
    expect(source).toMatch(/^\tget isUnwanted\(\) \{$/m);
    expect(source.split("\n").length).toBeGreaterThan(80);
  });

  it("requires of each entry point what it imports, and declares all of its values and no other", () => {
    const entries = Object.values(manifest["exports"] as Record<string, string | Record<string, string>>)
      .filter((one) => typeof one === "object")
      .filter((one) => "require" in one);
    expect(entries).toHaveLength(6);
    for (const { require: required = "", default: imported = "" } of entries) {
      const [, names = ""] = /export \{ ([^}]*) \};\s*$/.exec(read(imported)) ?? [];
      const declared = read(required.replace(/\.cjs$/, ".d.cts")).matchAll(/^export declare const (\w+)/gm);
      expect(read(required)).toBe(`module.exports = require("./${basename(imported)}");\n`);
      expect([...declared].map(([, name]) => name)).toEqual(names.split(", "));
    }
  });

  it("documents what it declares", () => {
    expect(read("dist/index.d.ts")).toMatch(
      /\n \* @throws \{@link InvalidOptionError\}[\s\S]*?\*\/\ndeclare function runTask\(/,
    );
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
