#!/usr/bin/env node
import process from "node:process";

const { argv, stdout } = process;

if (argv.length === 3 && (argv[2] === "--version" || argv[2] === "-V")) {
  // The shortest way: nothing else is loaded.
  const { readVersion } = await import("./version.ts");
  stdout.write(`${readVersion()}\n`);
} else {
  const { run } = await import("./run.ts");
  await run(argv.slice(2));
}
