// Runs command lines of the built command one after the other in this process, as its parent sends them: loading the
// command takes most of a run, and happens once.
import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { run } from "../../../dist/chunks/run.js";

const lines = new AsyncLocalStorage();
let line = { texts: {}, exited: () => undefined };

for (const name of ["stdout", "stderr"]) {
  process[name].write = (chunk, ...rest) => {
    line.texts[name] += chunk;
    rest.findLast((one) => typeof one === "function")?.();
    return true;
  };
}

// A line that has ended makes sure of it half a second later: that is not the end of the next one.
process.exit = (code = process.exitCode) => {
  const owner = lines.getStore() ?? line;
  if (owner === line) {
    process.exitCode = code;
    line.exited();
  }
};

process.on("message", async ({ args, env }) => {
  for (const name of Object.keys(process.env)) {
    delete process.env[name];
  }
  Object.assign(process.env, env);
  process.exitCode = undefined;
  const texts = { stdout: "", stderr: "" };
  await new Promise((resolve) => {
    line = { texts, exited: resolve };
    lines.run(line, () => run(args)).then(resolve);
  });
  // What each run of the command registers.
  process.removeAllListeners("uncaughtException").removeAllListeners("warning");
  process.stdout.removeAllListeners("error");
  process.stderr.removeAllListeners("error");
  process.send({ code: process.exitCode, signal: null, ...texts });
});
