import ts from "typescript";
import { describe, expect, it } from "vitest";
import { waitEventRecordSchema } from "../../src/task/event-record.ts";
import { OUTCOME_KINDS } from "../../src/task/outcome.ts";
import { WAIT_EVENT_NAMES } from "../../src/task/wait-events.ts";
import { productSources, read, type Source, sourceOf, visit } from "./product.ts";

/** Maps of events that others emit, with who does. */
const EMITTED_BY_OTHERS: Readonly<Record<string, string>> = { TaskJobEvents: "BullMQ's QueueEvents" };

/** The events that the types declare: the names in every exported map whose name ends in Events or EventArgs. */
function declaredEvents(sources: readonly Source[]): string[] {
  const names = new Set<string>();
  for (const { syntax } of sources) {
    for (const statement of syntax.statements) {
      const isMap =
        (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
        /(?:Events|EventArgs)$/.test(statement.name.text) &&
        EMITTED_BY_OTHERS[statement.name.text] === undefined;
      if (isMap) {
        for (const name of membersOf(statement)) {
          names.add(name);
        }
      }
    }
  }
  return [...names];
}

function membersOf(statement: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): string[] {
  const names: string[] = [];
  const ofLiteral = (node: ts.InterfaceDeclaration | ts.TypeLiteralNode) =>
    node.members.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []));
  if (ts.isInterfaceDeclaration(statement)) {
    return ofLiteral(statement);
  }
  const parts = ts.isIntersectionTypeNode(statement.type) ? statement.type.types : [statement.type];
  for (const part of parts) {
    if (ts.isTypeLiteralNode(part)) {
      names.push(...ofLiteral(part));
    }
  }
  return names;
}

/** The names in the first column of the tables of a page. */
function rowsOf(page: string): string[] {
  return [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = ""]) =>
    names.replaceAll("`", "").split(", "),
  );
}

/** The values of `event` that a line of `--output jsonl` may have. */
function eventsOfSchema(): string[] {
  const { options } = (waitEventRecordSchema as unknown as { _zod: { def: { options: Shaped[] } } })._zod.def;
  return options.flatMap(({ _zod: { def } }) => [...def.shape.event._zod.values]);
}

interface Shaped {
  readonly _zod: {
    readonly def: { readonly shape: { readonly event: { readonly _zod: { readonly values: Set<string> } } } };
  };
}

const sources = productSources();
const declared = [...declaredEvents(sources), ...OUTCOME_KINDS];
const ofWaits = [
  ...declaredEvents(sources.filter(({ file }) => file === "src/task/wait-events.ts")),
  ...OUTCOME_KINDS,
];

describe("an event of the type map", () => {
  it("is found by these checks", () => {
    const map = (text: string) => declaredEvents([sourceOf("src/a.ts", text)]);
    expect(map("export interface WaitEvents extends Ends { poll: A; hiccup: B; }")).toEqual([
      "poll",
      "hiccup",
    ]);
    expect(map("export type RunEvents = { [K in N]: A } & { starting: A };")).toEqual(["starting"]);
    expect(rowsOf("| `failed`, `expired` | the error |\n| none |\n")).toEqual(["failed", "expired"]);
    expect(ofWaits).toContain("settled");
    expect(declared).toContain("startRetry");
  });

  it("is one of WAIT_EVENT_NAMES, when it is of a wait", () => {
    const missing = ofWaits.filter((name) => !WAIT_EVENT_NAMES.some((known) => known === name));
    expect(missing, "name it in WAIT_EVENT_NAMES, src/task/wait-events.ts").toEqual([]);
  });

  it("has a row in docs/events.md, and each row its event", () => {
    const rows = rowsOf(read("docs/events.md"));
    expect(
      declared.filter((name) => !rows.includes(name)),
      "write its row in docs/events.md",
    ).toEqual([]);
    expect(
      rows.filter((name) => !declared.includes(name)),
      "take the row out of docs/events.md",
    ).toEqual([]);
  });

  it("has a schema for `--output jsonl`, when it is of a wait", () => {
    const known = eventsOfSchema();
    const missing = ofWaits.filter((name) => !known.includes(name));
    expect(missing, "add it to waitEventRecordSchema, src/task/event-record.ts").toEqual([]);
  });

  it("is emitted by somebody", () => {
    const said = new Set<string>();
    for (const { file, syntax } of sources) {
      if (file !== "src/task/wait-events.ts" && file !== "src/run/run-events.ts") {
        visit(syntax, (node) => {
          if (ts.isStringLiteral(node)) {
            said.add(node.text);
          }
        });
      }
    }
    expect(
      declared.filter((name) => !said.has(name)),
      "emit it, or take it out of the map",
    ).toEqual([]);
  });
});
