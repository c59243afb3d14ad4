import { describe, expect, it } from "vitest";
import { read } from "./product.ts";

interface Manifest {
  readonly exports: Readonly<
    Record<string, string | { readonly default?: string; readonly import?: string }>
  >;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
}

const { exports: exported, typesVersions } = JSON.parse(read("package.json")) as Manifest;

/** The entry points that are modules, by name, with the file that each is built to. */
const entries = Object.entries(exported).flatMap(([name, target]) =>
  typeof target === "string"
    ? []
    : [{ name: name.replace(/^\.\/?/, ""), file: target.import ?? target.default ?? "" }],
);

describe("an entry point of the package", () => {
  it("is found by these checks", () => {
    expect(entries.length).toBeGreaterThan(6);
  });

  it("has its declarations for compilers that do not read exports, too", () => {
    const wanted = entries
      .filter(({ name }) => name !== "")
      .map(({ name, file }) => [name, [file.replace(/\.js$/, ".d.ts")]]);
    expect(typesVersions["*"], "add it to typesVersions of package.json").toEqual(Object.fromEntries(wanted));
  });

  it("names what its declarations need, whatever lib and target a consumer has", () => {
    const lost = entries
      .map(({ file }) => file.replace("./dist/", "src/").replace(/\.js$/, ".ts"))
      .filter((file) =>
        ["es2023", "esnext.disposable"].some(
          (lib) => !read(file).includes(`/// <reference lib="${lib}" preserve="true" />`),
        ),
      );
    expect(lost).toEqual([]);
  });
});
