import * as z from "zod/mini";
import { nearestName } from "../../options/nearest-name.ts";
import { quoted } from "../../task/printable.ts";
import type { TaskApi } from "./task-api.ts";

// What can be told of a declaration key by key. What takes more than one key is checked where it is compiled.

/**
 * An object with these keys only; of another key the error names the one that was probably meant.
 *
 * @param forms - What may be written here, where another object may stand in its place; `shown` are the wrong keys that
 * can be no secret.
 */
function record<T extends z.core.$ZodShape>(
  shape: T,
  forms: { readonly names: readonly string[]; readonly hint: string; readonly shown?: RegExp } = {
    names: Object.keys(shape),
    hint: `its keys are ${Object.keys(shape).join(", ")}`,
  },
): z.ZodMiniObject<T, z.core.$strict> {
  return z.strictObject(shape, {
    error: ({ code, keys }) => {
      const [key] = (keys ?? []) as readonly string[];
      if (code !== "unrecognized_keys" || key === undefined) {
        return undefined;
      }
      const nearest = nearestName(key, forms.names);
      const hint = nearest === undefined ? forms.hint : `did you mean ${quoted(nearest)}?`;
      const named = forms.shown?.test(key) === false ? "any other key" : `the key ${quoted(key)}`;
      return `must not have ${named}; ${hint}`;
    },
  });
}

/** A text of this form, which the error describes. */
function form(pattern: RegExp, description: string): z.ZodMiniString {
  return z
    .string()
    .check(z.regex(pattern, { error: ({ input }) => `must be ${description}, got ${quoted(input)}` }));
}

const text = z.string().check(z.minLength(1), z.maxLength(4096));
const anExpression = (): z.ZodMiniString => z.string().check(z.minLength(1), z.maxLength(1000));
const expression = anExpression();
// Of its own, because a description belongs to one schema.
const status = anExpression();
status.register(z.globalRegistry, {
  description: "JMESPath that gives a word; httpStatus is the HTTP status of the answer (style http)",
});
const words = z.array(z.union([z.string().check(z.minLength(1), z.maxLength(200)), z.number(), z.boolean()]));
const parameters = z.record(
  z.string().check(z.minLength(1), z.maxLength(200)),
  z.string().check(z.maxLength(4096)),
);
// A key that was written in the place of a variable's name must not pass for one: names are shown in errors.
const VARIABLE =
  /^(?=[A-Z_])(?=.{1,200}$)_?(?:[A-Z]{1,24}|[A-Z0-9]{1,10})(?:_{1,2}(?:[A-Z]{1,24}|[A-Z0-9]{1,10}))*$/;
const variable = z
  .string()
  .check(
    z.regex(
      VARIABLE,
      "must be the name of an environment variable in capitals, such as VIDEO_KEY, never the key itself (what was given is not shown)",
    ),
  );
const headerName = z
  .string()
  .check(
    z.regex(/^[A-Za-z][A-Za-z0-9._-]{0,99}$/, "must be the name of a header (what was given is not shown)"),
  );
const headerValue = z
  .string()
  .check(
    z.maxLength(4096),
    z.regex(/^[\t\x20-\x7e]*$/, "must be printable ASCII on one line (what was given is not shown)"),
  );
const duration = form(/^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d)){1,5}$/, 'a duration such as "5s" or "24h"');
const host = form(
  /^(?=.{1,253}$)(?:\*\.)?[A-Za-z0-9{}_-]+(?:\.[A-Za-z0-9{}_-]+)*(?::\d{1,5})?$/,
  'a host such as "ecs.{region}.aliyuncs.com"',
);
const path = form(/^\/[^?#\s]{0,1023}$/, 'a path such as "/tasks/{id}"');
const version = form(/^[A-Za-z0-9._-]{1,40}$/, 'a version such as "2014-05-26"');
const action = form(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/, 'an action such as "DescribeTask"');
const method = z.enum(["GET", "POST"]);

const endpoint = z.union([host, record({ default: host, regions: z.optional(z.record(z.string(), host)) })]);

const rpc = record({
  style: z.literal("rpc"),
  version,
  action,
  method: z.optional(method),
  endpoint,
  parameters: z.optional(parameters),
});

const roa = record({
  style: z.literal("roa"),
  version,
  action,
  method: z.optional(method),
  path,
  endpoint,
  parameters: z.optional(parameters),
});

const AUTH = {
  names: ["bearer", "header", "prefix", "value"],
  hint: 'it is { "bearer": "VARIABLE" }, or { "header": "x-key", "prefix": "Key ", "value": "VARIABLE" }',
  shown: /^[A-Za-z]{1,12}$/,
};

const http = record({
  style: z.literal("http"),
  url: text,
  method: z.optional(method),
  headers: z.optional(z.record(headerName, headerValue)),
  auth: z.optional(
    z.union([
      record({ bearer: variable }, AUTH),
      record(
        {
          header: headerName,
          prefix: z.optional(z.string().check(z.maxLength(40))),
          value: variable,
        },
        AUTH,
      ),
    ]),
  ),
  hosts: z.optional(z.array(host).check(z.minLength(1), z.maxLength(50))),
});

const task = record({
  at: z.optional(expression),
  id: z.optional(expression),
  absence: z.optional(z.enum(["notFound", "unknown"])),
  status,
  states: record({
    complete: z.optional(words),
    failed: z.optional(words),
    canceled: z.optional(words),
    expired: z.optional(words),
    notFound: z.optional(words),
    running: z.optional(words),
    queued: z.optional(words),
  }),
  progress: z.optional(
    z.union([
      expression,
      record({ value: expression, of: z.union([expression, z.number().check(z.gt(0))]) }),
    ]),
  ),
  remaining: z.optional(expression),
  type: z.optional(expression),
  error: z.optional(expression),
  result: z.optional(expression),
  started: z.optional(expression),
  ended: z.optional(expression),
  timeZone: z.optional(form(/^(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/, '"Z" or an offset such as "+08:00"')),
});

const example = record({
  state: z.enum([
    "queued",
    "running",
    "complete",
    "failed",
    "canceled",
    "expired",
    "notFound",
    "throttled",
    "denied",
  ]),
  httpStatus: z.optional(z.int().check(z.gte(100), z.lte(599))),
  answer: z.unknown(),
  gives: z.optional(z.record(z.string(), z.unknown())),
  source: z.optional(z.enum(["documented", "inferred"])),
});

/** A declaration's keys and types. */
export const taskApiSchema: z.ZodMiniType<TaskApi> = record({
  $schema: z.optional(text),
  name: form(/^[a-z][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens, beginning with a letter"),
  about: z.optional(
    record({
      id: text,
      documented: z.optional(z.array(text)),
      inferred: z.optional(z.array(text)),
      words: z.optional(words),
    }),
  ),
  request: z.discriminatedUnion("style", [rpc, roa, http]),
  task,
  refused: z.optional(record({ when: expression, code: expression, message: z.optional(expression) })),
  ids: z.optional(
    record({
      parameter: text,
      join: z.enum([",", "json", "repeat"]),
      max: z.int().check(z.gte(1), z.lte(1000)),
    }),
  ),
  list: z.optional(
    record({
      parameters,
      path: z.optional(path),
      at: expression,
      status: z.optional(expression),
      next: z.union([
        record({ parameter: text, value: expression }),
        record({ page: text, pages: expression }),
      ]),
    }),
  ),
  limits: z.optional(
    record({
      quota: z.optional(
        form(/^[1-9]\d{0,6}\/(?:[1-9]\d{0,4})?[smh]$/, 'a quota such as "20/s" or "200/60s"'),
      ),
      minInterval: z.optional(duration),
      kept: z.optional(duration),
    }),
  ),
  examples: z.optional(z.array(example).check(z.maxLength(200))),
}) as unknown as z.ZodMiniType<TaskApi>;
