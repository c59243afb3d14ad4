import { afterEach, expect, it } from "vitest";
import * as z from "zod/mini";
import { defineTaskApi } from "../../src/apis/declared-api.ts";

const { localeError } = z.config();

afterEach(() => {
  z.config({ localeError });
});

it.each([
  ["no language", undefined],
  ["a language of the program's", () => "ongeldige invoer"],
])("a bad declaration is refused in our words with %s for zod", (_, language) => {
  z.config({ localeError: language });

  expect(() => defineTaskApi(JSON.parse(`{"name":"x"}`))).toThrow(/api\.request must be /);
});
