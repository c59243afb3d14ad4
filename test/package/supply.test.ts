import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root, run } from "./npm.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Component {
  readonly "bom-ref": string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), "utf8")) as T;
}

function locked(path: string): [string, Locked][] {
  const { packages } = readJson<{ readonly packages: Readonly<Record<string, Locked>> }>(path);
  return Object.entries(packages).filter(([where, { link }]) => where.includes("node_modules/") && !link);
}

const manifest = readJson<Manifest>("package.json");
const LOCKFILES = ["package-lock.json", "bench/package-lock.json", "test/engines/package-lock.json"];

describe.each(LOCKFILES)("%s", (file) => {
  it("holds the hash of every package", () => {
    const without = locked(file).filter(([, { integrity }]) => !/^sha512-[\w+/]+=*$/.test(integrity ?? ""));
    expect(locked(file).length).toBeGreaterThan(10);
    expect(without).toEqual([]);
  });

  it("names no host but npm's own registry", () => {
    const elsewhere = locked(file).filter(
      ([, { resolved = "https://registry.npmjs.org/" }]) =>
        !resolved.startsWith("https://registry.npmjs.org/"),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe("what users install", () => {
  it("runs no script of a dependency at installation", () => {
    const running = locked("package-lock.json").filter(([, one]) => one.hasInstallScript && !one.dev);
    expect(running).toEqual([]);
  });
});

describe("npm run sbom", () => {
  let bill: Bill;
  let names: Map<string, string>;

  beforeAll(async () => {
    const { code, stdout, stderr } = await run(root, "npm", "run", "-s", "sbom");
    expect(code, stderr).toBe(0);
    bill = JSON.parse(stdout) as Bill;
    names = new Map(bill.components.map((one) => [one["bom-ref"], one.name]));
  });

  it("is a CycloneDX bill of this package", () => {
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(bill.metadata.component).toMatchObject({
      type: "library",
      name: manifest.name,
      version: manifest.version,
    });
  });

  it("has exactly the runtime dependencies at its top", () => {
    const own = bill.dependencies.find(({ ref }) => ref === bill.metadata.component["bom-ref"]);
    expect(own?.dependsOn.map((ref) => names.get(ref)).sort()).toEqual(
      Object.keys(manifest.dependencies).sort(),
    );
  });

  it("describes each component, with its hash, and refers to nothing else", () => {
    const refs = [bill.metadata.component["bom-ref"], ...names.keys()];
    const meant = bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(new Set(refs).size).toBe(bill.components.length + 1);
    expect(meant.filter((ref) => !refs.includes(ref))).toEqual([]);
    for (const { type, name, version, purl, licenses, hashes } of bill.components) {
      expect({ type, name, licenses }).toEqual({ type: "library", name, licenses: [expect.anything()] });
      expect(purl).toBe(`pkg:npm/${name.replace("@", "%40")}@${version}`);
      expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[\da-f]{128}$/) }]);
    }
  });

  it("lists every package that the lockfile does not keep for development", () => {
    const shipped = locked("package-lock.json").filter(
      ([, one]) => !one.dev && !one.optional && !("peer" in one),
    );
    const installed = shipped.map(
      ([where, { version }]) => `${where.split("node_modules/").at(-1)}@${version}`,
    );
    const listed = bill.components.map(({ name, version }) => `${name}@${version}`);
    expect(listed.sort()).toEqual([...new Set(installed)].filter((one) => one !== undefined).sort());
  });
});
