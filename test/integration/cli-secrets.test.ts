import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, type Fault, startEmulator } from "../../src/emulator/index.ts";
import { commandLines } from "./harness/command-lines.ts";

const KEY_ID = "LTAI5tSecretKeyIdForTests";
const KEY_SECRET = "SecretSecretSecretSecretSecret";
const TOKEN = "CAISsecretSecurityTokenForTests";
const SECRETS = [KEY_ID, KEY_SECRET, TOKEN];
// The hash of an empty body, which every GET carries: no secret.
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const QUICK = ["--outage-budget", "0", "--not-found-grace", "0", "--timeout", "5s"];

const FAULTS: Readonly<Record<string, Fault>> = {
  "f-signature": { kind: "refuse", code: "SignatureDoesNotMatch" },
  "f-incomplete": { kind: "refuse", code: "IncompleteSignature" },
  "f-token": { kind: "refuse", code: "InvalidSecurityToken.Expired" },
  "f-mismatch": { kind: "refuse", code: "InvalidSecurityToken.MismatchWithAccessKey" },
  "f-key": { kind: "refuse", code: "InvalidAccessKeyId.NotFound" },
  "f-inactive": { kind: "refuse", code: "InvalidAccessKeyId.Inactive" },
  "f-permission": { kind: "refuse", code: "NoPermission" },
  "f-nonce": { kind: "refuse", code: "SignatureNonceUsed" },
  "f-500": { kind: "refuse", code: "InternalError" },
  "f-503": { kind: "refuse", code: "ServiceUnavailable" },
  "f-throttled": { kind: "refuse", code: "Throttling.User" },
  "f-html": { kind: "html" },
  "f-empty": { kind: "empty" },
  "f-redirect": { kind: "redirect" },
  "f-reset": { kind: "reset", at: "request" },
  "f-reset-body": { kind: "reset", at: "body" },
  "f-truncate": { kind: "truncate" },
  "f-raw": { kind: "raw", bytes: Buffer.from("not HTTP at all\r\n\r\n") },
  "f-echo-secrets": {
    kind: "answer",
    httpStatus: 400,
    body: JSON.stringify({
      Code: "InvalidParameter",
      Message: `you are ${KEY_ID} with ${TOKEN}`,
      RequestId: `R-${KEY_ID}`,
    }),
  },
};

let emulator: Emulator;
let echo: Server;
let echoEndpoint: string;
let home: string;

beforeAll(async () => {
  emulator = await startEmulator({
    keys: [{ accessKeyId: KEY_ID, accessKeySecret: KEY_SECRET, securityToken: TOKEN }],
    tasks: [
      ...Object.keys(FAULTS).map((taskId) => ({ taskId, durationMs: 3_600_000 })),
      { taskId: "t-failed", durationMs: 0, status: "FAILED" },
      { taskId: "t-running", durationMs: 3_600_000 },
    ],
    faults: ({ taskId = "", action }) => {
      const fault = FAULTS[taskId];
      if (fault !== undefined) {
        return [fault];
      }
      return action === "UpdateResources" ? [{ kind: "refuse", code: "SignatureDoesNotMatch" }] : undefined;
    },
  });
  // A peer that sends back all that it was sent, as an error's text.
  echo = createServer((request, response) => {
    response.writeHead(400, {
      "x-acs-request-id": request.headers.authorization ?? "",
      "content-type": "application/json",
    });
    response.end(JSON.stringify({ Code: "Echo", Message: JSON.stringify(request.headers) }));
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  echoEndpoint = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  home = mkdtempSync(join(tmpdir(), "taskwait-home-"));
  mkdirSync(join(home, ".aliyun"));
  writeFileSync(
    join(home, ".aliyun/config.json"),
    `{"current":"default","profiles":[{"name":"default","access_key_id":"${KEY_ID}","access_key_secret":"${KEY_SECRET}" BROKEN`,
  );
});

afterAll(async () => {
  await emulator.stop();
  echo.close();
  rmSync(home, { recursive: true, force: true });
});

type Situation = readonly [
  name: string,
  args: () => readonly string[],
  env?: (env: Readonly<Record<string, string>>) => Record<string, string>,
];

const withoutKeys = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/KEY|TOKEN/.test(name)));

const situations: readonly Situation[] = [
  ...Object.keys(FAULTS).map((id): Situation => [id, () => ["wait", id, ...QUICK]]),
  ...["json", "jsonl"].flatMap((form) =>
    ["f-signature", "f-echo-secrets", "f-reset"].map(
      (id): Situation => [`${id} as ${form}`, () => ["wait", id, ...QUICK, "-o", form]],
    ),
  ),
  ["an echo", () => ["t-1", ...QUICK, "--endpoint", echoEndpoint]],
  ["an echo as json", () => ["t-1", ...QUICK, "--endpoint", echoEndpoint, "-o", "json"]],
  ["an echo of a start", () => ["start", "update-resources", "--endpoint", echoEndpoint]],
  ["an echo of a listing", () => ["list", "--endpoint", echoEndpoint]],
  ["a description of an echo", () => ["describe", "t-1", "--endpoint", echoEndpoint]],
  ["a start with a refused signature", () => ["start", "update-resources"]],
  ["a failed task", () => ["t-failed"]],
  ["an unknown task", () => ["t-none", ...QUICK]],
  ["a timeout", () => ["t-running", "--timeout", "200ms"]],
  ["a command for --exec", () => ["t-running", "--timeout", "200ms", "--exec", `: ${KEY_SECRET}`]],
  ["a command beside a mistyped one", () => ["lsit", "--exec", `: ${KEY_SECRET}`]],
  [
    "a receiver that is not there",
    () => [
      ...["t-running", "--timeout", "200ms", "-o", "jsonl"],
      ...["--notify", `http://127.0.0.1:1/${KEY_SECRET}`, "--notify-timeout", "100ms"],
    ],
  ],
  ["a closed port", () => ["t-1", ...QUICK, "--endpoint", "http://127.0.0.1:1"]],
  ["a bad id", () => ["../x"]],
  ["a key on the command line", () => ["t-1", "--access-key-id", KEY_ID, "--access-key-secret", KEY_SECRET]],
  ["a key within an unknown flag", () => ["t-1", `--key=${KEY_SECRET}`]],
  ["an endpoint with a password", () => ["t-1", "--endpoint", `http://u:${KEY_SECRET}@127.0.0.1:1`]],
  ["a wrong token", () => ["t-running"], (env) => ({ ...env, ALIBABA_CLOUD_SECURITY_TOKEN: `${TOKEN}x` })],
  [
    "a key that can't be sent",
    () => ["t-running"],
    (env) => ({ ...env, ALIBABA_CLOUD_ACCESS_KEY_ID: `${KEY_ID}\n` }),
  ],
  ["a key without its secret", () => ["t-1"], (env) => ({ ...env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "" })],
  ["a malformed configuration", () => ["t-1", ...QUICK], (env) => ({ ...withoutKeys(env), HOME: home })],
  ["a malformed profile", () => ["t-1", "--profile", "default", ...QUICK], (env) => ({ ...env, HOME: home })],
  [
    "whoami with a malformed profile",
    () => ["whoami", "--profile", "default"],
    (env) => ({ ...env, HOME: home }),
  ],
];

const run = commandLines();

describe("no secret is ever printed", () => {
  it("is tried in at least 40 situations", () => {
    expect(situations.length).toBeGreaterThanOrEqual(40);
  });

  it.each(situations.map((situation) => [situation[0], situation] as const))(
    "%s",
    {
      timeout: 90_000,
    },
    async (_, [, args, changed = (env) => ({ ...env })]) => {
      const verbose = args().includes("whoami") ? [] : ["--verbose"];
      const { code, stdout, stderr } = await run([...args(), ...verbose], changed(emulator.env));
      const printed = (stdout + stderr).replaceAll(EMPTY_HASH, "");

      expect(code).not.toBe(0);
      expect(stderr + stdout).not.toBe("");
      for (const secret of SECRETS) {
        expect(printed).not.toContain(secret);
      }
      expect(printed).not.toMatch(/Signature=|Credential=/);
      // A signature is 64 hexadecimal digits.
      expect(printed).not.toMatch(/\b[0-9a-f]{64}\b/);
      expect(printed).not.toMatch(/^\s+at .*:\d+/m);
    },
  );
});
