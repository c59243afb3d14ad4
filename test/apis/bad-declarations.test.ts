import { describe, expect, test } from "vitest";
import { defineTaskApi } from "../../src/apis/declared-api.ts";
import { taskApiSource } from "../../src/apis/task-api-source.ts";
import { isInvalidOptionError } from "../../src/task/errors.ts";
import { askingAs, declaration, readingAs } from "./declarations.ts";

const HTTP = { style: "http", url: "https://a.example.com/{id}" };
const RPC = {
  style: "rpc",
  version: "2014-05-26",
  action: "DescribeTask",
  endpoint: "ecs.{region}.aliyuncs.com",
  parameters: { TaskId: "{id}" },
};

// What is declared → what the error must say.
const WRONG: readonly (readonly [declared: unknown, message: RegExp])[] = [
  [undefined, /api must be a declaration .*got "?undefined/],
  ["dashscope", /api must be a declaration .*got "dashscope"/],
  [[], /api must be a declaration/],
  [{}, /api\.name must be of type string/],
  [declaration({ requst: {} }), /api must not have the key "requst"; did you mean "request"\?/],
  [readingAs({ stauts: "x" }), /api\.task must not have the key "stauts"; did you mean "status"\?/],
  [
    readingAs({ states: { complet: ["x"] } }),
    /api\.task\.states must not have the key "complet"; did you mean "complete"\?/,
  ],
  [readingAs({ status: 3 }), /api\.task\.status must be of type string, got "?3/],
  [
    readingAs({ progress: { value: "a", off: "b" } }),
    /api\.task\.progress must not have the key "off"; did you mean "of"\?/,
  ],
  [readingAs({ states: { complete: "done" } }), /api\.task\.states\.complete must be of type array/],
  [readingAs({ states: { complete: [null] } }), /api\.task\.states\.complete\[0\]/],
  [
    readingAs({ timeZone: "Shanghai" }),
    /api\.task\.timeZone must be "Z" or an offset such as "\+08:00", got "Shanghai"/,
  ],
  [declaration({ name: "My API" }), /api\.name must be lower-case letters, digits and hyphens/],
  [askingAs({ style: "soap" }), /api\.request\.style must be "rpc" or "roa" or "http"/],
  [
    askingAs({ ...HTTP, auth: { bearr: "KEY" } }),
    /api\.request\.auth must not have the key "bearr"; did you mean "bearer"\?/,
  ],
  [
    askingAs({ ...HTTP, auth: { bearer: "sk-secret key" } }),
    /api\.request\.auth\.bearer must be the name of an environment variable in capitals, such as VIDEO_KEY, never the key itself \(what was given is not shown\)$/,
  ],
  [
    askingAs({ ...HTTP, headers: { "X-Version": "2\r\nx-other: 1" } }),
    /api\.request\.headers\.X-Version must be printable ASCII on one line \(what was given is not shown\)$/,
  ],
  [
    askingAs({ ...HTTP, headers: { Authorization: "Bearer sk-1" } }),
    /request\.headers must not have "Authorization": request\.auth names the environment variable that holds the key$/,
  ],
  [
    askingAs({ ...HTTP, auth: { basic: "KEY" } }),
    /api\.request\.auth must not have the key "basic"; it is \{ "bearer": "VARIABLE" \}, or \{ "header": "x-key", "prefix": "Key ", "value": "VARIABLE" \}$/,
  ],
  [
    askingAs({ ...HTTP, auth: { header: "x-key", valeu: "KEY" } }),
    /api\.request\.auth must not have the key "valeu"; did you mean "value"\?/,
  ],
  [
    askingAs({ ...HTTP, url: `https://a.example.com/\${id}` }),
    /request\.url must have placeholders as \{id\}, without a dollar sign, got "\/\$\{id\}"/,
  ],
  [
    askingAs({ ...RPC, parameters: { TaskId: `\${id}` } }),
    /parameters\.TaskId must have placeholders as \{id\}, without a dollar sign/,
  ],
  [
    declaration({ limits: { quota: "fast" } }),
    /api\.limits\.quota must be a quota such as "20\/s" or "200\/60s", got "fast"/,
  ],
  [readingAs({ status: "a..b" }), /video: task\.status must be a JMESPath expression, got "a\.\.b"/],
  [
    readingAs({ status: "{a: b}" }),
    /task\.status must give a word, a number or a boolean, but .* gives an object or a list/,
  ],
  [readingAs({ status: "a[*].b" }), /task\.status must give a word/],
  [readingAs({ error: "[code, message]" }), /task\.error must give a word/],
  [readingAs({ at: "length(a)" }), /task\.at must give an object or a list, but .* gives a single value/],
  [
    readingAs({ status: "pad_left(a, `1000000000`)" }),
    /task\.status calls pad_left\(\), which standard JMESPath does not have/,
  ],
  [readingAs({ status: "let $x = a in $x" }), /task\.status uses LetExpression/],
  [readingAs({ status: "nope(a)" }), /task\.status calls nope\(\)/],
  [
    readingAs({ states: { complete: ["done"], failed: ["done"] } }),
    /task\.states has the word "done" in both complete and failed/,
  ],
  [
    readingAs({ states: { complete: [2], failed: ["2"] } }),
    /task\.states has the word "2" in both complete and failed/,
  ],
  [readingAs({ states: {} }), /task\.states must have words in at least one state, got none/],
  [askingAs({ style: "http", url: "https://a.example.com/jobs" }), /request must hold \{id\} somewhere/],
  [
    askingAs({ ...HTTP, url: "http://a.example.com/{id}" }),
    /request\.url must be https unless it is this machine's/,
  ],
  [
    askingAs({ ...HTTP, url: "{+id}" }),
    /request\.url leaves the host open, so request\.hosts must name the hosts/,
  ],
  [askingAs({ ...HTTP, url: "https://{id}.example.com/" }), /request\.url leaves the host open/],
  [
    askingAs({ ...HTTP, url: "https://me:secret@a.example.com/{id}" }),
    /request\.url must hold no user name or password/,
  ],
  [askingAs({ ...HTTP, url: "ftp://a.example.com/{id}" }), /request\.url must be an http or https URL/],
  [askingAs({ ...HTTP, url: "https://a.example.com/{id" }), /request\.url has a brace without its other one/],
  [
    askingAs({ ...HTTP, url: "https://a.example.com/{id*}" }),
    /request\.url must have placeholders such as \{id\}/,
  ],
  [askingAs({ ...HTTP, url: "https://a.example.com/{id}?t={now-soon}" }), /request\.url.*must be a duration/],
  [
    askingAs({ ...HTTP, url: "{+id}", hosts: ["*.com"] }),
    /request\.hosts must name a domain of at least two parts after "\*\."/,
  ],
  [askingAs({ ...HTTP, url: "{+id}", hosts: ["*"] }), /api\.request\.hosts\[0\] must be a host/],
  [askingAs({ ...RPC, parameters: {} }), /request must hold \{id\} somewhere/],
  [
    askingAs({ ...RPC, endpoint: "{zone}.aliyuncs.com" }),
    /request\.endpoint may hold \{region\} only, got \{zone\}/,
  ],
  [
    askingAs({ ...RPC, parameters: { TaskId: "{id}", S: "{status}" } }),
    /parameters\.S has \{status\}, which only list\.parameters may have/,
  ],
  [
    askingAs({ ...RPC, parameters: { TaskId: "{ids}" } }),
    /parameters\.TaskId has \{ids\}, so ids must be declared/,
  ],
  [
    declaration({ ids: { parameter: "ids", join: ",", max: 10 } }),
    /task\.id must be given, because ids makes one answer hold many tasks/,
  ],
];

describe("a declaration that can't be used", () => {
  test("is refused with an error that names the thing", () => {
    const told = WRONG.map(([declared, message]) => {
      const error = refusal(declared);
      return message.test(error) ? undefined : `${message} ← ${error}`;
    });
    expect(told.filter((one) => one !== undefined)).toEqual([]);
  });

  test("runs no code of its own and is refused fast, whatever it is", () => {
    const offenders: string[] = [];
    let count = 0;
    for (const [name, make] of hostile()) {
      count += 1;
      const { error, tookMs } = fastestRefusal(make());
      if (error.startsWith("!") || tookMs >= 50) {
        offenders.push(`${name}: ${error}, ${Math.round(tookMs)} ms`);
      }
    }
    expect(offenders).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(200);
  });
});

/** The machine may be busy with other things just then. */
function fastestRefusal(declared: unknown): { readonly error: string; readonly tookMs: number } {
  let error = "";
  let tookMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 5 && tookMs >= 50; tries++) {
    const startedMs = performance.now();
    error = refusal(declared);
    tookMs = Math.min(tookMs, performance.now() - startedMs);
  }
  return { error, tookMs };
}

function refusal(declared: unknown): string {
  try {
    defineTaskApi(declared as object);
    return "! accepted";
  } catch (error) {
    return isInvalidOptionError(error) ? error.message : `! ${String(error)}`;
  }
}

function* hostile(): Generator<readonly [name: string, make: () => unknown]> {
  const cyclic: Record<string, unknown> = { ...declaration() };
  cyclic["examples"] = [{ state: "running", answer: cyclic }];
  yield ["a cycle", () => cyclic];
  yield [
    "a list in itself",
    () => {
      const list: unknown[] = [];
      list.push(list);
      return declaration({ examples: list as never });
    },
  ];
  yield [
    "a getter",
    () => Object.defineProperty({ ...declaration() }, "name", { get: () => "x", enumerable: true }),
  ];
  yield [
    "a getter that never returns",
    () => ({
      ...declaration(),
      get task() {
        for (;;) {
          // Never called.
        }
      },
    }),
  ];
  yield ["a prototype", () => Object.assign(Object.create({ name: "x" }), declaration())];
  yield [
    "a key named __proto__",
    () => ({ ...declaration(), ...JSON.parse('{"about":{"__proto__":{"id":"x"}}}') }),
  ];
  yield [
    "a class",
    () =>
      new (class Api {
        name = "x";
      })(),
  ];
  yield ["a function", () => declaration({ about: { id: () => 1 } as never })];
  yield ["a bigint", () => declaration({ about: { id: 1n } as never })];
  yield ["a Map", () => declaration({ about: new Map() as never })];
  yield ["a symbol as key", () => ({ ...declaration(), [Symbol("x")]: 1 })];
  yield [
    "a proxy that throws",
    () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
  ];
  yield ["a sparse list", () => declaration({ examples: new Array(1e9) as never })];
  yield ["a million values", () => declaration({ examples: Array.from({ length: 1e6 }, () => 0) as never })];
  yield [
    "twenty-five thousand keys",
    () => declaration(Object.fromEntries(Array.from({ length: 25_000 }, (_, at) => [`key${at}`, at]))),
  ];
  yield ["a text of ten million characters", () => declaration({ about: { id: "x".repeat(1e7) } })];
  yield ["a name of a million characters", () => declaration({ name: "x".repeat(1e6) })];
  yield [
    "ten thousand levels",
    () => {
      let nested: unknown = 1;
      for (let depth = 0; depth < 10_000; depth++) {
        nested = [nested];
      }
      return declaration({ examples: [{ state: "running", answer: nested }] });
    },
  ];
  const bombs = [
    "(".repeat(999),
    "!".repeat(999),
    "[".repeat(999),
    "[@,@]".repeat(160),
    `${"[@,@]|".repeat(160)}@`,
    `${"[@,@][]|".repeat(120)}@`,
    "[[[[@,@],[@,@]],[[@,@],[@,@]]]]".repeat(20),
    `${"{a:@,b:@}|".repeat(90)}to_string(@)`,
    "map(&".repeat(190),
    "'".repeat(999),
    "`{".repeat(499),
    "`[[[[[[`",
    '"\\u0000',
    "a.".repeat(499),
    "*.".repeat(499),
    "\\".repeat(999),
    "\u0000".repeat(999),
    `a${" ".repeat(997)}!`,
    `\`${"[".repeat(500)}${"]".repeat(498)}`,
    "x".repeat(1001),
    "99999999999999999999999",
    "a[99999999999999999999999999:b",
    "@|".repeat(499),
    "a||".repeat(333),
    "a&&".repeat(333),
    "-".repeat(999),
  ];
  for (const key of ["status", "id", "progress", "remaining", "error", "started", "at"]) {
    for (const bomb of bombs) {
      yield [`task.${key}: ${bomb.slice(0, 20)}`, () => readingAs({ [key]: bomb })];
    }
  }
  const texts = [
    "{".repeat(2000),
    "{a".repeat(1000),
    "{now-".repeat(500),
    `{now-${"9".repeat(2000)}s}`,
    `{${"a".repeat(3000)}}`,
  ];
  for (const text of texts) {
    yield [`url ${text.slice(0, 12)}`, () => askingAs({ ...HTTP, url: `https://a.example.com/{id}${text}` })];
    yield [
      `parameter ${text.slice(0, 12)}`,
      () => askingAs({ ...RPC, parameters: { TaskId: "{id}", X: text } }),
    ];
    yield [`header ${text.slice(0, 12)}`, () => askingAs({ ...HTTP, headers: { X: text } })];
  }
}

test("a header may have an underscore in its name, as some services have it", () => {
  const auth = { header: "api_token", value: "BRIA_API_TOKEN" };

  expect(defineTaskApi(askingAs({ ...HTTP, auth, headers: { x_version: "2" } }))).toBeDefined();
});

describe("an id or a value that makes no request", () => {
  const hosts = ["*.example.com"];
  test.each([
    [{ url: "{+id}", hosts }, {}, "job-1", /must be an http or https URL/],
    [{ url: "{+id}", hosts }, {}, "https://example.org/1", /would go to "example\.org"/],
    [{ url: "https://{host}.example.com/{id}", hosts }, { host: "a/b" }, "1", /can't be part of a host name/],
    [{ url: "https://a.example.com/{region}/{id}" }, {}, "1", /needs \{region\}: give a region/],
    [{ url: "https://a.example.com/{id}" }, {}, "..", /would leave its place in the path/],
  ])("is refused before the first call: %j with %j and %j", (request, set, id, message) => {
    const source = taskApiSource(askingAs({ style: "http", ...request }), { set });
    expect(() => source.checkTaskId?.(id)).toThrow(message);
  });
});
