import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../src/emulator/index.ts";
import { type Random, seededRandom } from "../../src/emulator/world/random.ts";
import { scriptedSource, type TestApi, waitConformance } from "../../src/testing/index.ts";
import { IS_SOAK, soak } from "../soak.ts";
import { type BadLine, driverOverHttp } from "./emulator-bridge.ts";

const SKEW_MS = 20 * 60_000;
const FAULTS: Readonly<Record<string, Fault | ((random: Random) => Fault)>> = {
  "a latency": { kind: "latency", ms: 30 },
  "a latency that varies": (random) => ({ kind: "latency", ms: 60 * random() }),
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
  "a clock that is off": { kind: "skew", ms: SKEW_MS },
  "the answer twice": { kind: "duplicate" },
  "no HTTP at all": { kind: "raw", bytes: Buffer.from("220 mail.example.com ESMTP\r\n") },
};
// A call that hangs is over after this long, so that a test with one stays short.
const HANG_MS = 400;
const RESET_CONNECT = "a connection that is reset as it is made";
const EVERY_FAULT: readonly string[] = [...Object.keys(FAULTS), RESET_CONNECT];
const SINGLE = 0.3;
const EACH_OF_ALL = 0.05;
const SINGLE_SEED = 1;
const ALL_SEEDS = [1, 2, 4] as const;
/** Without a soak, each fault meets a third of the cases, and each case a third of the faults. */
const PARTS = 3;

/** Cases in which one bad call rightly gives another outcome: they run without faults only. */
const ONE_BAD_CALL_DECIDES: ReadonlySet<string> = new Set([
  "polls exactly once when its time is 0",
  // It gives an outage 40 ms.
  "does not take being throttled for an outage, however long it lasts",
  "tells of a time-out how the last poll has failed",
]);
/** Without one good poll there is no task to show: its first call meets nothing. */
const SHOWS_THE_LAST_TASK =
  "ends as timedOut at its deadline: not before, and not long after, with the task as last seen";

// Most of a wait is waiting, so they wait together.
vi.setConfig({ maxConcurrency: 12 });

const struck = new Map<string, number>();
const registered = new Set<string>();

/** Draws for each call, from the numbers of one seed and one case, so that every case meets another weather. */
function weather(names: readonly string[], chance: number, seed: number, caseName: string): BadLine {
  const random = seededRandom(hash(`${seed} ${names.join()} ${caseName}`));
  const quiet = caseName === SHOWS_THE_LAST_TASK ? 1 : 0;
  const strikes = (name: string, n: number): boolean => {
    const strikesNow = random() < chance && n >= quiet;
    struck.set(name, (struck.get(name) ?? 0) + Number(strikesNow));
    return strikesNow;
  };
  const resets = names.includes(RESET_CONNECT);
  const hangs = names.some((name) => /hang|dribble/.test(name));
  return {
    ...(hangs ? { callTimeoutMs: HANG_MS } : {}),
    decide: (n) => {
      // A connection for each call, or there would be one to reset in all.
      const faults: Fault[] = names.length === 1 && resets ? [{ kind: "close" }] : [];
      for (const name of names) {
        const fault = FAULTS[name];
        if (fault !== undefined && strikes(name, n)) {
          faults.push(typeof fault === "function" ? fault(random) : fault);
        }
      }
      return faults;
    },
    ...(resets ? { resetConnection: (n) => strikes(RESET_CONNECT, n) } : {}),
  };
}

function hash(text: string): number {
  let sum = 0;
  for (const character of text) {
    sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) | 0;
  }
  return sum;
}

/**
 * The suite, each case on a line of its own.
 *
 * @param part - Without a soak: the one of so many parts of the cases that is to run.
 */
function conformance(lineOf?: (caseName: string) => BadLine, part?: { nth: number; of: number }): void {
  let current = "";
  let nth = part?.nth ?? 0;
  const api: TestApi = {
    describe,
    it: (name, run) => {
      if (lineOf !== undefined && ONE_BAD_CALL_DECIDES.has(name)) {
        return;
      }
      registered.add(name);
      nth += 1;
      if (!IS_SOAK && part !== undefined && nth % part.of !== 0) {
        return;
      }
      it.concurrent(name, (context) => {
        // The suite makes the driver before it first waits for anything.
        current = name;
        return run(context);
      });
    },
  };
  waitConformance(api, () => driverOverHttp(lineOf?.(current)));
}

describe.concurrent("our engine and our client over HTTP", () => {
  // What is loaded with the first call would count as its time.
  beforeAll(async () => {
    const driver = driverOverHttp();
    const wait = await driver.start(scriptedSource({ "t-1": ["COMPLETE"] }), "t-1", {});
    await wait.outcome;
    await driver.close?.();
  });

  afterAll(() => {
    expect([...registered]).toEqual(expect.arrayContaining([...ONE_BAD_CALL_DECIDES, SHOWS_THE_LAST_TASK]));
    for (const name of EVERY_FAULT) {
      expect(struck.get(name), name).toBeGreaterThan(IS_SOAK ? 20 : 5);
    }
  });

  describe("with nothing going wrong", () => {
    conformance();
  });

  for (const [nth, name] of EVERY_FAULT.entries()) {
    describe(`with a chance of 30 % for ${name}, seed ${SINGLE_SEED}`, () => {
      conformance((caseName) => weather([name], SINGLE, SINGLE_SEED, caseName), { nth, of: PARTS });
    });
  }

  for (const seed of ALL_SEEDS.slice(0, soak(ALL_SEEDS.length))) {
    describe(`with a chance of 5 % for each of all these, seed ${seed}`, () => {
      conformance((caseName) => weather(EVERY_FAULT, EACH_OF_ALL, seed, caseName));
    });
  }
});
