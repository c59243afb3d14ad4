// The rooms of src/ and what each may import: the ranks, as biome.rooms.json holds the linter to them.
// `node scripts/rooms.mjs` writes that file again; a test compares it, and proves each rule by breaking it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const POLICY = ["policy/forecast", "policy/state", "policy/observe", "policy/decide"];
const ENGINE = ["engine/rate", "engine/wait", "engine/tasks", "engine/listing", "engine/scheduling"];
const OPENAPI = [
  "openapi/credentials",
  "openapi/request",
  "openapi/response",
  "openapi/endpoint",
  "openapi/http",
];
const EMULATOR = [
  "emulator/protocol",
  "emulator/access",
  "emulator/world",
  "emulator/faults",
  "emulator/service",
  "emulator/http",
];
// Reads declarations and their examples as the wait does: it answers from what it is to be read with.
const DECLARED = ["apis/format", "apis/expression", "apis/reader", "apis/transport", "apis"];
const APIS = [
  "apis/format",
  "apis/expression",
  "apis/reader",
  "apis/request",
  "apis/transport",
  "apis/presets",
];
const CLI = [
  "cli/errors",
  "cli/files",
  "cli/terminal",
  "cli/flags",
  "cli/apis",
  "cli/progress",
  "cli/hooks",
  "cli/waiting",
  "cli/help",
  "cli/commands",
];
const VALUES = ["async", "task", "options"];
const ZOD = ["zod", "zod/mini"];
const NODE = ["node:*", "node:*/*"];
const COMMAND = ["index.ts", "apis/index.ts", "emulator/index.ts", "testing/index.ts"];
const ADAPTER = [...VALUES, ...POLICY, "durable"];

/** Each of the rooms may import the ones before it, and what they share. */
function inOrder(rooms, shared, packages) {
  return rooms.map((room, at) => [room, { rooms: [...shared, ...rooms.slice(0, at)], packages }]);
}

/**
 * Room → what its files may import besides their own folder: other rooms, single files (with their ending), packages.
 * A room comes after all that it may import.
 */
export const ROOMS = new Map([
  ["async", { rooms: [], packages: ["p-retry", "eventemitter3"] }],
  ["task", { rooms: [], packages: ZOD }],
  ["options", { rooms: ["task"], packages: ZOD }],
  ...inOrder(POLICY, ["task", "options", "async/backoff.ts"], ZOD),
  ...inOrder(ENGINE, [...VALUES, ...POLICY], [...ZOD, "p-throttle"]),
  ["engine", { rooms: [...VALUES, ...POLICY, ...ENGINE], packages: [...ZOD, "@opentelemetry/api"] }],
  ...inOrder(OPENAPI, [...VALUES, "policy/observe"], [...ZOD, ...NODE, "undici", "@alicloud/credentials"]),
  ["openapi", { rooms: [...VALUES, "policy/observe", ...OPENAPI], packages: [...ZOD, ...NODE, "undici"] }],
  ["durable", { rooms: [...VALUES, ...POLICY], packages: ZOD }],
  ["bdrc", { rooms: [...VALUES, "policy/observe", ...OPENAPI, "openapi"], packages: [...ZOD, ...NODE] }],
  ["apis/format", { rooms: ["task", "options"], packages: ZOD }],
  ["apis/expression", { rooms: ["task", "options"], packages: ["@jmespath-community/jmespath"] }],
  [
    "apis/reader",
    {
      rooms: ["task", "options", "openapi/response/exact-json.ts", "apis/format", "apis/expression"],
      packages: [],
    },
  ],
  ["apis/request", { rooms: ["task", "options", "openapi/request", "apis/format"], packages: [] }],
  [
    "apis/transport",
    {
      rooms: [...VALUES, "policy/observe", ...OPENAPI, "openapi", "apis/format", "apis/request"],
      packages: NODE,
    },
  ],
  ["apis/presets", { rooms: ["apis/presets/data"], packages: [] }],
  [
    "apis",
    { rooms: [...VALUES, "policy/observe", ...OPENAPI, "openapi", ...APIS], packages: [...ZOD, ...NODE] },
  ],
  [
    "wait",
    {
      rooms: [...VALUES, ...POLICY, ...ENGINE, "engine", "openapi", "bdrc", "apis/format", "apis"],
      packages: ZOD,
    },
  ],
  ["run/start", { rooms: [...VALUES, "policy/observe"], packages: [] }],
  [
    "run",
    {
      rooms: [...VALUES, ...POLICY, ...ENGINE, "engine", "openapi", "bdrc", "wait", "run/start"],
      packages: ZOD,
    },
  ],
  [
    "notify",
    {
      rooms: [...VALUES, "policy/observe", ...ENGINE, "engine", ...OPENAPI, "run"],
      packages: NODE,
    },
  ],
  ...inOrder(EMULATOR, ["task", "options", "openapi/request"], [...ZOD, ...NODE]),
  [
    "emulator/apis",
    {
      rooms: [
        "task",
        "options",
        ...DECLARED,
        "emulator/protocol",
        "emulator/access",
        "emulator/world",
        "emulator/service",
      ],
      packages: NODE,
    },
  ],
  [
    "emulator",
    {
      rooms: ["task", "options", "openapi/request", "apis/format", ...EMULATOR, "emulator/apis"],
      packages: [...ZOD, ...NODE],
    },
  ],
  ["testing/source", { rooms: VALUES, packages: [...ZOD, ...NODE] }],
  ["testing/conformance", { rooms: [...VALUES, ...POLICY, "testing/source"], packages: [...ZOD, ...NODE] }],
  [
    "testing",
    {
      rooms: [...VALUES, ...POLICY, "testing/source", "testing/conformance", "emulator/index.ts"],
      packages: [...ZOD, ...NODE],
    },
  ],
  ["restate", { rooms: ADAPTER, packages: [...ZOD, "@restatedev/*", "@restatedev/*/**"] }],
  ["bullmq", { rooms: ADAPTER, packages: [...ZOD, "bullmq"] }],
  ["temporal", { rooms: ADAPTER, packages: [...ZOD, "@temporalio/*", "@temporalio/*/**"] }],
  ...inOrder(CLI, COMMAND, [...NODE, "commander", "log-update", "get-east-asian-width"]),
  ["cli", { rooms: [...COMMAND, ...CLI], packages: [...NODE, "commander"] }],
  [
    "index.ts",
    {
      rooms: [
        ...VALUES,
        ...POLICY,
        ...ENGINE,
        "engine",
        ...OPENAPI,
        "openapi",
        "bdrc",
        "apis/format",
        "apis",
        "wait",
        "run/start",
        "run",
        "notify",
      ],
      packages: [],
    },
  ],
]);

/** The import specifier by which a file of `from` reaches `to`: a room's files, or one file. */
export function specifier(from, to) {
  const up = from.endsWith(".ts") ? "./" : "../".repeat(from.split("/").length);
  return to.endsWith(".ts") ? `${up}${to}` : `${up}${to}/*`;
}

/** Relative to its own rank a folder is named shortly: `../rate/*`, not `../../engine/rate/*`. */
function shortest(from, to) {
  if (to.startsWith(`${from}/`)) {
    return `./${to.slice(from.length + 1)}/*`;
  }
  const [rank, folder] = from.split("/");
  const [otherRank, ...rest] = to.split("/");
  if (folder === undefined || otherRank !== rank || from.endsWith(".ts")) {
    return specifier(from, to);
  }
  return rest.length === 0 ? "../*" : `../${rest.join("/")}/*`;
}

function rule([room, { rooms, packages }]) {
  const isFile = room.endsWith(".ts");
  const allowed = [...(isFile ? [] : ["./*"]), ...rooms.map((other) => shortest(room, other)), ...packages];
  return {
    includes: [isFile ? `src/${room}` : `src/${room}/*.ts`],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: "error",
            options: {
              patterns: [
                {
                  group: ["**", ...allowed.map((one) => `!${one}`)],
                  message: `src/${room} may import ${[...rooms, ...packages].join(", ") || "nothing"}: scripts/rooms.mjs.`,
                },
              ],
            },
          },
        },
      },
    },
  };
}

/** What biome.rooms.json must hold. */
export function linterRules() {
  return `${JSON.stringify({ root: false, overrides: [...ROOMS].map(rule) }, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(import.meta.dirname, "../biome.rooms.json"), linterRules());
}
