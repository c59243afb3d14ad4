import { expect, test } from "vitest";
import * as z from "zod/mini";
import { taskApiSchema } from "../../src/apis/format/schema.ts";

test("the JSON Schema for editors is that of the format (npx vitest -u writes it)", async () => {
  const schema = {
    title: "A task API that taskwait can wait on",
    ...z.toJSONSchema(taskApiSchema, { unrepresentable: "any" }),
  };
  await expect(`${JSON.stringify(schema)}\n`).toMatchFileSnapshot("../../task-api.schema.json");
});
