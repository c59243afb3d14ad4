import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLines } from "./harness/command-lines.ts";
import { ownFolder } from "./harness/files.ts";

const runLine = commandLines();
const KEY = "sk_live_51HqAbCdEfGh";
const AUTHS: readonly (readonly [string, string])[] = [
  ["a bearer", `{ "bearer": "${KEY}" }`],
  ["a value", `{ "header": "x-key", "value": "${KEY}" }`],
  ["no object", `"${KEY}"`],
  ["no JSON", `{ "bearer": ${KEY} }`],
  ["a comma too many", `{ "bearer": "${KEY}", }`],
  ["an end too early", `{ "bearer": "${KEY} }`],
];
const LINES: readonly ((file: string) => readonly string[])[] = [
  (file) => ["apis", "check", file],
  (file) => ["apis", "show", file],
  (file) => ["apis", "try", file, "job-1"],
  (file) => ["--api", file, "job-1", "--output", "json"],
  (file) => ["describe", "--api", file, "job-1", "--output", "json"],
  (file) => ["emulate", "--api", file, "--port", "0"],
];
const folder = ownFolder();

describe("a key in a declaration's file, in place of its variable's name", () => {
  test.each(AUTHS)("is shown by no command: %s", async (name, auth) => {
    const path = join(folder, `${name.replaceAll(" ", "-")}.json`);
    writeFileSync(
      path,
      `{ "name": "video",
  "request": { "style": "http", "url": "https://127.0.0.1:9/{id}", "auth": ${auth} },
  "task": { "status": "state", "states": { "complete": ["done"] } } }`,
    );
    for (const line of LINES) {
      const { code, stdout, stderr } = await runLine(line(path));
      expect([code, stdout], line(path).join(" ")).toEqual([2, ""]);
      expect(stderr).not.toContain(KEY.slice(0, 8));
      expect(stderr).toMatch(/request\.auth|is not JSON.*(?:line 2|position \d)/);
    }
  });
});
