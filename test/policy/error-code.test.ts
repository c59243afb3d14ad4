import { describe, expect, it } from "vitest";
import { errorChain, errorCodeOf } from "../../src/policy/observe/error-code.ts";

const CODE = /^E[A-Z]+$/;

function withCode(code: unknown, details: object = {}): Error {
  return Object.assign(new Error("no"), { code, ...details });
}

function nested(depth: number, innermost: unknown): unknown {
  return depth === 0 ? innermost : new Error("outer", { cause: nested(depth - 1, innermost) });
}

const unreadable = {
  get code(): string {
    throw new Error("read");
  },
  get errors(): unknown {
    throw new Error("read");
  },
  get cause(): unknown {
    throw new Error("read");
  },
};

const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe("the code of an error", () => {
  it.each<[string, unknown, string | undefined]>([
    ["its own", withCode("EPIPE"), "EPIPE"],
    ["that of its cause", nested(1, withCode("EPIPE")), "EPIPE"],
    ["that of a cause ten levels down", nested(10, withCode("EPIPE")), "EPIPE"],
    ["its own before that of its cause", withCode("EPIPE", { cause: withCode("ECONNRESET") }), "EPIPE"],
    [
      "that of its cause when its own is of another kind",
      withCode(42, { cause: withCode("EPIPE") }),
      "EPIPE",
    ],
    [
      "that of the first of several attempts",
      Object.assign(new Error("all failed"), { errors: [withCode("ECONNREFUSED"), withCode("ETIMEDOUT")] }),
      "ECONNREFUSED",
    ],
    [
      "that of the cause when there were no attempts",
      Object.assign(new Error("none"), { errors: [], cause: withCode("EPIPE") }),
      "EPIPE",
    ],
    ["none when the pattern does not fit", withCode("Throttling.User"), undefined],
    ["none when it is longer than any code", withCode(`E${"A".repeat(1e6)}`), undefined],
    ["none of what is no object", "EPIPE", undefined],
    ["none of null", null, undefined],
    ["none of undefined", undefined, undefined],
    ["none of what can't be read", unreadable, undefined],
    ["none of a revoked proxy", revoked.proxy, undefined],
  ])("is %s", (_, error, code) => {
    expect(errorCodeOf(error, CODE)).toBe(code);
  });

  it("is found once in a circle of causes, and searched for no further", () => {
    const one = new Error("one");
    const two = new Error("two", { cause: one });
    one.cause = two;
    expect([...errorChain(one)]).toEqual([one, two]);
    expect(errorCodeOf(one, CODE)).toBeUndefined();
  });

  it("is not searched for in a chain without end", () => {
    let reads = 0;
    const endless = (): object => ({
      get cause() {
        reads++;
        return endless();
      },
    });
    expect(errorCodeOf(endless(), CODE)).toBeUndefined();
    expect(reads).toBeLessThanOrEqual(16);
  });
});
