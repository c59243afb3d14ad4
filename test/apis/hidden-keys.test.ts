import { describe, expect, test } from "vitest";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { isAccessDeniedError, isInvalidOptionError } from "../../src/task/errors.ts";
import { askingAs } from "./declarations.ts";

const URL = "https://a.example.com/{id}";
// Keys of many services: with blanks, escapes, letters and digits only, capitals only.
const KEYS = [
  "sk_live_51HqAbCdEfGh",
  "sk-proj-abc123",
  "ghp16C7e42F292c6912E7710c838347Ae178B4a",
  "AKIAIOSFODNN7EXAMPLE",
  "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  "a secret {key} of blanks",
  "letmein",
  "SK_LIVE_51HQABCDEFGHJK2",
  "0123456789",
];
// Where a declaration may hold a key by mistake.
const PLACES: readonly (readonly [name: string, place: (key: string) => object])[] = [
  ["auth.bearer", (key) => ({ auth: { bearer: key } })],
  ["auth.value", (key) => ({ auth: { header: "x-key", value: key } })],
  ["auth.value beside a wrong key", (key) => ({ auth: { header: "x-key", valeu: key } })],
  ["auth", (key) => ({ auth: key })],
  ["auth, in a list", (key) => ({ auth: [key] })],
  ["auth.basic", (key) => ({ auth: { basic: key } })],
  ["the name of another key of auth", (key) => ({ auth: { [`x-${key}`]: "VIDEO_KEY" } })],
  ["auth.header", (key) => ({ auth: { header: `x-key: ${key}`, value: "VIDEO_KEY" } })],
  ["auth.prefix", (key) => ({ auth: { header: "x-key", prefix: key.repeat(8), value: "VIDEO_KEY" } })],
  ["a header's placeholder", (key) => ({ headers: { "x-key": `\${${key}}` } })],
  ["a header with half a brace", (key) => ({ headers: { "x-key": `{${key}` } })],
  ["a header that is too long", (key) => ({ headers: { "x-key": key.repeat(600) } })],
];

describe("a key that was written into a declaration", () => {
  test.each(PLACES)("is refused, and is in no error: %s", (_, place) => {
    const told = KEYS.map((key) => {
      try {
        taskApiSource(askingAs({ style: "http", url: URL, ...place(key) }));
        return "accepted";
      } catch (error) {
        return isInvalidOptionError(error) && !error.message.includes(key) ? undefined : String(error);
      }
    });
    expect(told.filter((one) => one !== undefined)).toEqual([]);
  });

  test("is told from the name of a variable, which errors show", async () => {
    for (const name of ["VIDEO_KEY", "TOKEN", "S3_KEY", "OAUTH2_CLIENT_SECRET", "_KEY", "NPM__TOKEN"]) {
      const source = taskApiSource(askingAs({ style: "http", url: URL, auth: { bearer: name } }));
      const error: unknown = await source.describe("job-1", {}).catch((thrown: unknown) => thrown);
      expect(error).toSatisfy(isAccessDeniedError);
      expect(String(error)).toContain(`set the environment variable ${name}`);
    }
  });
});
