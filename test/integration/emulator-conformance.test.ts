import { beforeAll, describe, it } from "vitest";
import type { Fault, FaultDecider } from "../../src/emulator/index.ts";
import { scriptedSource, type TestApi, waitConformance } from "../../src/testing/index.ts";
import { driverOverHttp } from "./emulator-bridge.ts";

const FAULTS: Readonly<Record<string, Fault>> = {
  latency: { kind: "latency", ms: 30 },
  "a hang before the headers": { kind: "hang", at: "headers" },
  "a hang in the body": { kind: "hang", at: "body" },
  "a dribble": { kind: "dribble" },
  "a reset at the request": { kind: "reset", at: "request" },
  "a reset in the body": { kind: "reset", at: "body" },
  "half of the JSON": { kind: "truncate" },
  "a wrong content type": { kind: "contentType" },
  "an error page": { kind: "html" },
  "an empty body": { kind: "empty" },
  "a redirect": { kind: "redirect" },
  "500": { kind: "refuse", code: "InternalError" },
  "502": { kind: "refuse", code: "BadGateway" },
  "503": { kind: "refuse", code: "ServiceUnavailable" },
  "503 with a time to wait": { kind: "refuse", code: "ServiceUnavailable", retryAfterMs: 20 },
  "a throttled answer": { kind: "refuse", code: "Throttling.User", retryAfterMs: 20 },
  gzip: { kind: "gzip" },
  chunks: { kind: "chunked" },
  "a body that is too large": { kind: "huge", bytes: 2_000_000 },
  "a connection that closes": { kind: "close" },
  "the answer twice": { kind: "duplicate" },
  "no HTTP at all": { kind: "raw", bytes: Buffer.from("220 mail.example.com ESMTP\r\n") },
};

// Most of a wait is waiting, so the tests of one group wait together.
const together = { describe: describe.concurrent, it: it.concurrent } as unknown as TestApi;

// It gives an outage 40 ms, and a bad call in the middle is an outage of just that kind.
const NOT_ON_A_BAD_LINE = "does not take being throttled for an outage, however long it lasts";
const onABadLine: TestApi = {
  describe: together.describe,
  it: (name, run) => (name === NOT_ON_A_BAD_LINE ? undefined : together.it(name, run)),
};

/** Every fifth call meets the fault; the first two do not, because some tests are about one call that comes through. */
const oneInFive =
  (fault: Fault): FaultDecider =>
  (_request, n) =>
    n % 5 === 2 ? fault : undefined;

const kinds = Object.values(FAULTS);

describe("our engine and our client over HTTP", () => {
  // What is loaded with the first call would count as its time.
  beforeAll(async () => {
    const driver = driverOverHttp(() => undefined);
    const wait = await driver.start(scriptedSource({ "t-1": ["COMPLETE"] }), "t-1", {});
    await wait.outcome;
    await driver.close?.();
  });

  describe("with nothing going wrong", () => {
    waitConformance(together, () => driverOverHttp(() => undefined));
  });

  for (const [name, fault] of Object.entries(FAULTS)) {
    describe(`with one call in five meeting ${name}`, () => {
      waitConformance(onABadLine, () => driverOverHttp(oneInFive(fault)));
    });
  }

  describe("with one call in two meeting one of all these in turn", () => {
    waitConformance(onABadLine, () =>
      driverOverHttp((_request, n) => (n >= 2 && n % 2 === 0 ? kinds[(n * 7) % kinds.length] : undefined)),
    );
  });
});
