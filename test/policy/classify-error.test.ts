import { expect, test } from "vitest";
import { classifyError } from "../../src/policy/observe/classify-error.ts";
import { BdrcApiError } from "../../src/task/errors.ts";

test.each([
  ["InvalidApiKey", 401, "denied"],
  ["InvalidApi.NotFound", 404, "permanent"],
  ["InvalidAction.NotFound", 404, "permanent"],
  ["StackNotFound", 404, "notFound"],
  ["Throttling.RateQuota", 429, "throttled"],
])("takes %s of HTTP %i for %s", (apiCode, httpStatus, meaning) => {
  expect(classifyError(new BdrcApiError("refused", { apiCode, httpStatus }))).toBe(meaning);
});
