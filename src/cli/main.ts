#!/usr/bin/env node
import process from "node:process";

const { argv, stdout } = process;
const only = argv.length === 3 ? argv[2] : undefined;

/** As standard-output.ts does, without loading it. */
function print(text: string): void {
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    process.exitCode = code === "EPIPE" ? 141 : 5;
  });
  stdout.write(text);
}

// The two that are asked most often load nothing that they do not need.
if (only === "--version" || only === "-V") {
  const { readVersion } = await import("./version.ts");
  print(`${readVersion()}\n`);
} else if (only === "--help" || only === "-h") {
  const { TOP_HELP } = await import("./help/top-help.ts");
  print(TOP_HELP);
} else {
  const { run } = await import("./run.ts");
  await run(argv.slice(2));
}
