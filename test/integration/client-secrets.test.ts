import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { BdrcClient } from "../../src/bdrc/client.ts";
import type { BdrcClientOptions } from "../../src/bdrc/client-options.ts";
import {
  type Answer,
  json,
  type Peer,
  rejection,
  type Seen,
  startPeer,
  startRawPeer,
} from "./client-peer.ts";

const SECRETS = {
  accessKeyId: "LTAI5tLeakTestKeyId",
  accessKeySecret: "leakTestS3cret/+=",
  securityToken: "CAISleakTestToken/+==",
} as const;
const BEARER = "leakTestBearer.token-1";
const PROXY_PASSWORD = "leakTestPr0xyPass";

const HIDDEN = [...Object.values(SECRETS), BEARER, PROXY_PASSWORD];

/** Everything that a person or a log may come to see of an error. */
function everythingShown(error: unknown): string {
  const chain: unknown[] = [];
  for (let link = error; link instanceof Error && chain.length < 10; link = link.cause) {
    chain.push(link.message, link.stack, String(link), JSON.stringify(link), Object.entries(link));
  }
  return [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    inspect(chain, { depth: 10 }),
  ].join("\n");
}

function expectNoLeak(error: unknown, seen: readonly Seen[] = []): void {
  const shown = everythingShown(error);
  const signatures = seen.map(
    ({ headers }) => /Signature=([0-9a-f]{64})/.exec(headers.authorization ?? "")?.[1],
  );
  const present = (text: string | undefined): text is string => text !== undefined;
  for (const secret of [...HIDDEN, ...HIDDEN.map(encodeURIComponent), ...signatures.filter(present)]) {
    expect(shown).not.toContain(secret);
  }
  expect(shown).not.toMatch(/Credential=|Signature=/);
}

const echo = (seen: Seen) =>
  `${seen.headers.authorization} ${JSON.stringify(seen.headers)} ${SECRETS.accessKeySecret}`;

const stringToSign = (seen: Seen) =>
  `Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n${"a".repeat(64)}] ` +
  `server CanonicalRequest is [GET\n/api/v1/tasks/t-1\n\nx-acs-security-token:${seen.headers["x-acs-security-token"]}]`;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "a signature refused, with what the service signed": (response, seen) =>
    json(response, { Code: "SignatureDoesNotMatch", Message: stringToSign(seen) }, 400),
  "the older wording of that": (response, seen) =>
    json(
      response,
      { Code: "SignatureDoesNotMatch", Message: `not matched. server string to sign is:${echo(seen)}` },
      403,
    ),
  "an unknown key, named in the message": (response) =>
    json(response, { Code: "InvalidAccessKeyId.NotFound", Message: `no key ${SECRETS.accessKeyId}` }, 404),
  "an error that echoes all headers": (response, seen) =>
    json(response, { Code: "InternalError", Message: echo(seen) }, 500),
  "a code that is the secret": (response) =>
    json(response, { Code: SECRETS.accessKeySecret, Message: "m", RequestId: SECRETS.securityToken }, 400),
  "a page that echoes all headers": (response, seen) => {
    response.writeHead(502, { "content-type": `text/html; ${SECRETS.accessKeyId}` }).end(echo(seen));
  },
  "half a JSON that echoes": (response, seen) => json(response, `{"Data":"${echo(seen)}`),
  "Data that is the token": (response) => json(response, { Data: SECRETS.securityToken }),
  "a status that is wrong, and the key as an id": (response) =>
    json(response, { Data: { TaskId: SECRETS.accessKeyId, TaskStatus: "RUNNING" } }),
  "a redirect that carries all headers": (response, seen) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/?${encodeURIComponent(echo(seen))}` }).end();
  },
  "a content encoding that is the secret": (response) => {
    response.writeHead(200, { "content-encoding": SECRETS.accessKeySecret }).end("x");
  },
  "a broken connection": (response) => {
    response.socket?.resetAndDestroy();
  },
  "a body that stops": (response, seen) => {
    response.writeHead(200, { "content-length": "9999", "x-echo": SECRETS.accessKeyId });
    response.write(echo(seen));
    response.socket?.end();
  },
  "a hanging service": () => undefined,
  "an empty answer": (response) => response.end(),
  "no such task": (response) => json(response, { Data: null, Echo: SECRETS }),
};

let home: string;
const peers: Peer[] = [];

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "taskwait-home-"));
  mkdirSync(join(home, ".aliyun"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

describe("nothing secret shows", () => {
  it.each(Object.entries(ANSWERS))("of a key after %s", async (_, answer) => {
    const peer = await startPeer(answer);
    peers.push(peer);
    const client = new BdrcClient({ endpoint: peer.origin, ...SECRETS, callTimeoutMs: 1000 });
    expectNoLeak(await rejection(client.describe("t-1")), peer.seen);
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain(SECRETS.accessKeySecret);
  });

  it("of a bearer token after an answer that echoes it", async () => {
    const peer = await startPeer((response, seen) =>
      json(response, { Code: "Forbidden", Message: JSON.stringify(seen.headers) }, 403),
    );
    peers.push(peer);
    const error = await rejection(
      new BdrcClient({ endpoint: peer.origin, bearerToken: BEARER }).describe("t-1"),
    );
    expectNoLeak(error, peer.seen);
  });

  it("after bytes that are no HTTP", async () => {
    const peer = await startRawPeer((socket) => socket.end(`SSH ${JSON.stringify(SECRETS)}\r\n`));
    peers.push(peer);
    expectNoLeak(await rejection(new BdrcClient({ endpoint: peer.origin, ...SECRETS }).describe("t-1")));
  });

  it("of a proxy's password when there is no such proxy", async () => {
    const peer = await startPeer(() => undefined);
    await peer.stop();
    const proxy = `http://${SECRETS.accessKeyId}:${PROXY_PASSWORD}@127.0.0.1:${peer.port}`;
    const client = new BdrcClient({ endpoint: "https://bdrc.invalid", proxy, ...SECRETS });
    expectNoLeak(await rejection(client.describe("t-1")));
  });

  it.each<[string, object]>([
    ["a secret without its id", { accessKeySecret: SECRETS.accessKeySecret }],
    ["an id without its secret", { accessKeyId: SECRETS.accessKeyId }],
    ["a secret with a line break", { ...SECRETS, accessKeySecret: `${SECRETS.accessKeySecret}\n` }],
    ["a token that is a list", { ...SECRETS, securityToken: [SECRETS.securityToken] }],
    ["a key and a bearer token", { ...SECRETS, bearerToken: BEARER }],
    ["an endpoint with a password", { ...SECRETS, endpoint: `https://me:${PROXY_PASSWORD}@bdrc.example` }],
    ["a proxy of another kind", { ...SECRETS, proxy: `ftp://me:${PROXY_PASSWORD}@proxy.example` }],
    ["a proxy that is no URL", { ...SECRETS, proxy: `http://me:${PROXY_PASSWORD}@` }],
    ["a credential without getCredential", { credential: SECRETS }],
  ])("of options that can't be used: %s", (_, options) => {
    let thrown: unknown;
    try {
      new BdrcClient(options as BdrcClientOptions);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: "InvalidOptionError" });
    expectNoLeak(thrown);
  });

  it("of a configuration file that is no JSON", async () => {
    writeFileSync(join(home, ".aliyun", "config.json"), `{"profiles": [${JSON.stringify(SECRETS)}`);
    vi.stubEnv("HOME", home);
    const client = new BdrcClient({ endpoint: "https://127.0.0.1:1", profile: "work" });
    const error = await rejection(client.describe("t-1"));
    expect(error.name).toBe("AccessDeniedError");
    expectNoLeak(error);
  });

  it("of what a credential object says when it fails, or gives", async () => {
    const failing = {
      getCredential: () => Promise.reject(new Error(`could not use ${JSON.stringify(SECRETS)}`)),
    };
    expectNoLeak(
      await rejection(
        new BdrcClient({ endpoint: "https://127.0.0.1:1", credential: failing }).describe("t-1"),
      ),
    );
    const broken = {
      getCredential: async () => ({ ...SECRETS, accessKeyId: `${SECRETS.accessKeyId}\r\nx: y` }),
    };
    const error = await rejection(
      new BdrcClient({ endpoint: "https://127.0.0.1:1", credential: broken }).describe("t-1"),
    );
    expect(error.name).toBe("AccessDeniedError");
    expectNoLeak(error);
  });
});
