// Writes the bill of materials of what users install, as CycloneDX JSON, to standard output: `npm run -s sbom`.
//
// It is what `npm sbom` says of the lockfile, without what is there for development. Not `npm sbom --omit dev`: that
// leaves out every dependency which a development tool happens to need as well, and it names the package after its
// folder (both true of npm 11.19).
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const { name, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const whole = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 << 20,
  shell: process.platform === "win32",
});
const bill = JSON.parse(whole);

const own = bill.metadata.component["bom-ref"];
const byRef = new Map(bill.dependencies.map((one) => [one.ref, one.dependsOn ?? []]));
const dropped = new Set(
  bill.components
    .filter(({ properties }) => properties?.some((one) => one.name === "cdx:npm:package:development"))
    .map((component) => component["bom-ref"]),
);
// Some are ours for development and another's in earnest, so their mark tells nothing of how we use them.
const direct = new Set(
  bill.components
    .filter((component) => component.name in dependencies)
    .map((component) => component["bom-ref"]),
);
byRef.set(
  own,
  byRef.get(own).filter((ref) => direct.has(ref)),
);

/** Whatever a user gets, by way of something else or not. */
const kept = new Set();
const open = [own];
for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
  if (!kept.has(ref) && !dropped.has(ref)) {
    kept.add(ref);
    open.push(...(byRef.get(ref) ?? []));
  }
}

bill.metadata.component.name = name;
bill.components = bill.components.filter((component) => kept.has(component["bom-ref"]));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref }) => ({ ref, dependsOn: byRef.get(ref).filter((one) => kept.has(one)) }));
process.stdout.write(`${JSON.stringify(bill, undefined, 2)}\n`);
