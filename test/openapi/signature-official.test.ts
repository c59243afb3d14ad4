import * as OpenApiCore from "@alicloud/openapi-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorization, encodeRfc3986, sha256Hex } from "../../src/openapi/request/signature.ts";

describe("our signature", () => {
  it("agrees with the official core on 1,000 random requests", () => {
    const official = officialSigner();
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    // The core leaves names of the query unencoded and keeps !'() of a path: inputs on which it is right.
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/).filter((text) => !(text in {}));
    const headerValue = fc.stringMatching(/^[ -~]{0,40}$/);
    const requests = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      segments: fc.array(fc.stringMatching(/^[A-Za-z0-9_.~ %@:-]{1,24}$/), { maxLength: 5 }),
      query: fc.dictionary(name, fc.string({ unit: "grapheme", maxLength: 30 }), {
        maxKeys: 6,
        noNullPrototype: true,
      }),
      acs: fc.dictionary(
        token.map((text) => `x-acs-${text}`),
        headerValue,
        { maxKeys: 6, noNullPrototype: true },
      ),
      host: fc.domain(),
      contentType: fc.option(headerValue, { nil: undefined }),
      unsigned: fc.dictionary(
        token.filter((text) => text !== "host" && !text.startsWith("x-acs-") && !(text in {})),
        headerValue,
        { maxKeys: 3, noNullPrototype: true },
      ),
      body: fc.uint8Array({ maxLength: 64 }),
      keyId: fc.stringMatching(/^[A-Za-z0-9.]{1,30}$/),
      secret: fc.string({ minLength: 1, maxLength: 40 }),
    });
    let compared = 0;
    fc.assert(
      fc.property(requests, (random) => {
        const headers: Record<string, string> = { ...random.unsigned, ...random.acs, host: random.host };
        delete headers["content-type"];
        if (random.contentType !== undefined) {
          headers["content-type"] = random.contentType;
        }
        const path = `/${random.segments.map(encodeRfc3986).join("/")}`;
        const payloadSha256 = sha256Hex(random.body);
        const { method, query, keyId, secret } = random;
        const ours = authorization(
          { method, path, query: Object.entries(query), headers, payloadSha256 },
          keyId,
          secret,
        );
        const theirs = official({ method, pathname: path, query, headers }, payloadSha256, keyId, secret);
        compared += 1;
        expect(ours).toBe(theirs);
      }),
      { numRuns: 1000, seed: 20230808 },
    );
    expect(compared).toBe(1000);
  });
});

type OfficialSigner = (request: object, payload: string, keyId: string, secret: string) => string;

function officialSigner(): OfficialSigner {
  const { OpenApiUtil } = OpenApiCore as unknown as {
    OpenApiUtil: {
      getAuthorization(
        request: object,
        algorithm: string,
        payload: string,
        keyId: string,
        secret: string,
      ): string;
    };
  };
  return (request, payload, keyId, secret) =>
    OpenApiUtil.getAuthorization(request, "ACS3-HMAC-SHA256", payload, keyId, secret);
}
