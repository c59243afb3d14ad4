import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import ts from "typescript";
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

/** Whether a source is more than types and names that it hands on. */
function hasCode(source: string): boolean {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, removeComments: true },
  });
  return (
    outputText.replace(/^(?:import|export) [^;]*?(?:from )?"[^"]*";$|^export \{\};?$/gm, "").trim() !== ""
  );
}

beforeAll(async () => {
  tarball = await pack(folder);
  const { code, stderr } = await run(folder, "tar", "-xzf", tarball.file);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  manifest = JSON.parse(read("package.json")) as Record<string, unknown>;
});

describe("the tarball", () => {
  it("holds dist, the library's sources, and the pages, nothing else", () => {
    const odd = tarball.paths.filter(
      (path) =>
        !/^(?:dist\/|examples\/|src\/(?!cli\/|emulator\/|apis\/|testing\/).*\.ts$|docs\/.*\.md$|(?:package\.json|task-api\.schema\.json|LICENSE|(?:README|CHANGELOG)\.md)$)/.test(
          path,
        ),
    );
    expect(odd).toEqual([]);
    expect(tarball.paths).toEqual(
      expect.arrayContaining([
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "docs/cli.md",
        "dist/index.js",
        "src/index.ts",
      ]),
    );
  });

  it("holds in dist/ only modules, declarations and their maps, and an ES module only as an entry point or a chunk", () => {
    const built = tarball.paths.filter((path) => path.startsWith("dist/"));
    const modules = built.filter((path) => path.endsWith(".js"));
    const entries = [...targets(manifest["exports"]), ...targets(manifest["bin"])].map((path) =>
      path.replace(/^\.\//, ""),
    );
    const orphans = modules.filter((path) => !path.startsWith("dist/chunks/") && !entries.includes(path));
    expect(built.filter((path) => !/\.(?:js|d\.ts|cjs|d\.cts)(?:\.map)?$/.test(path))).toEqual([]);
    expect(modules.length).toBeGreaterThan(10);
    expect(orphans).toEqual([]);
  });

  it("stays under 2 MB unpacked", () => {
    expect(tarball.unpackedBytes).toBeGreaterThan(10_000);
    expect(tarball.unpackedBytes).toBeLessThan(2_000_000);
  });

  it("maps each declaration and all code whose source it holds, and nothing else", () => {
    const maps = tarball.paths
      .filter((path) => path.endsWith(".map"))
      .map((path) => {
        const { sources } = JSON.parse(read(path)) as { sources: string[] };
        return { path, sources: sources.map((source) => join(dirname(path), source)) };
      });
    const mapped = new Set(
      maps.filter(({ path }) => path.endsWith(".js.map")).flatMap(({ sources }) => sources),
    );
    const held = tarball.paths.filter((path) => /^src\/.*\.ts$/.test(path));
    const declarations = tarball.paths
      .filter((path) => path.endsWith(".d.ts"))
      .filter((path) => held.includes(path.replace(/^dist\/(.*)\.d\.ts$/, "src/$1.ts")));
    const code = held.filter((path) => hasCode(read(path)));
    expect(code.filter((path) => !mapped.has(path))).toEqual([]);
    expect(declarations.filter((path) => !tarball.paths.includes(`${path}.map`))).toEqual([]);
    expect(code.length).toBeGreaterThan(50);
    expect(declarations.length).toBeGreaterThan(50);
    expect(maps.flatMap(({ sources }) => sources).filter((source) => !held.includes(source))).toEqual([]);
  });

  it("leads a reader of its pages nowhere that is not in it; pictures aside", () => {
    const pages = tarball.paths.filter((path) => path.endsWith(".md"));
    const lost = pages.flatMap((path) =>
      [...read(path).matchAll(/(?<!!\[[^\]]*)\]\((?!\w+:|#)([^)#]+)/g)]
        .map(([, to = ""]) => join(dirname(path), to))
        .filter((to) => !existsSync(join(unpacked, to)))
        .map((to) => `${path}: ${to}`),
    );
    expect(pages.length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });

  it("leaves its modules readable", () => {
    const modules = tarball.paths.filter((path) => /^dist\/.*\.js$/.test(path)).map(read);
    const source = modules.find((text) => /^function decide\(state, observation, context\) \{$/m.test(text));
    expect(source?.split("\n").length).toBeGreaterThan(80);
  });

  it("reads no type of a dependency or of Node in what it declares, so that any consumer compiles", () => {
    const foreign = tarball.paths
      .filter((path) => path.endsWith(".d.ts"))
      .flatMap((path) =>
        [...read(path).matchAll(/from "([^."][^"]*)"/g)].map(([, from]) => `${path}: ${from}`),
      )
      .filter((one) => !one.startsWith("dist/restate/"));
    expect(foreign).toEqual([]);
  });

  it("requires of each entry point what it imports, and declares all of its values and no other", () => {
    const entries = Object.values(manifest["exports"] as Record<string, string | Record<string, string>>)
      .filter((one) => typeof one === "object")
      .filter((one) => "require" in one);
    expect(entries).toHaveLength(7);
    for (const { require: required = "", default: imported = "" } of entries) {
      const names =
        /export \{ ([^}]*) \}(?: from "[^"]*")?;\s*(?:\/\/#.*)?\s*$/.exec(read(imported))?.[1] ?? "";
      const declared = read(required.replace(/\.cjs$/, ".d.cts")).matchAll(/^export declare const (\w+)/gm);
      expect(read(required)).toBe(`module.exports = require("./${basename(imported)}");\n`);
      expect([...declared].map(([, name]) => name).sort()).toEqual(
        names
          .split(", ")
          .map((name) => name.replace(/^.* as /, ""))
          .sort(),
      );
    }
  });

  it("documents what it declares", () => {
    expect(read("dist/run/run-task.d.ts")).toMatch(
      /\n \* @throws \{@link InvalidOptionError\}[\s\S]*?\*\/\nexport declare function runTask[<(]/,
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

  it("runs nothing at installation and has the ten dependencies that were chosen", () => {
    const scripts = Object.keys(manifest["scripts"] ?? {});
    expect(scripts.filter((name) => ["preinstall", "install", "postinstall"].includes(name))).toEqual([]);
    expect(Object.keys(manifest["dependencies"] ?? {}).sort()).toEqual([
      "@alicloud/credentials",
      "@jmespath-community/jmespath",
      "commander",
      "eventemitter3",
      "get-east-asian-width",
      "log-update",
      "p-retry",
      "p-throttle",
      "undici",
      "zod",
    ]);
    expect(manifest["sideEffects"]).toBe(false);
    expect(manifest["license"]).toBe("MIT");
  });
});
