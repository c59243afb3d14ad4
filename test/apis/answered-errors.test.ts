import { expect, test } from "vitest";
import { answerError } from "../../src/apis/transport/answer-error.ts";

// What services answer with, and the code and the message in it.
test.each([
  ["Elastic", { error: { type: "missing", reason: "task isn't running" } }, "missing: task isn't running"],
  ["Salesforce", [{ errorCode: "NOT_FOUND", message: "no such job" }], "NOT_FOUND: no such job"],
  ["Databricks", { error_code: "INVALID_STATE", message: "no run 5" }, "INVALID_STATE: no run 5"],
  ["OAuth", { error: "invalid_token", error_description: "it has expired" }, "invalid_token: it has expired"],
  ["RFC 9457", { title: "Out of credit", status: 403 }, "HTTP404: Out of credit"],
  ["an empty list", [], "HTTP404: no message"],
  ["a list of anything", [null, "x"], "HTTP404: no message"],
])("an error is told in the words of the service: %s", (_, body, told) => {
  const facts = { httpStatus: 404, subject: 'video "1"' };

  expect(answerError(body, facts, (text) => text).message).toBe(`video "1" failed: ${told} (HTTP 404)`);
});
