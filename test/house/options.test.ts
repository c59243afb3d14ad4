import ts from "typescript";
import { describe, expect, it } from "vitest";
import { makeProgram } from "../../src/cli/program.ts";
import { placeOf, productSources, type Source, sourceOf, visit } from "./product.ts";

/** Interfaces of what we hand to others, with who reads it. */
const READ_BY_OTHERS: Readonly<Record<string, string>> = { TaskWorkerOptions: "BullMQ's Worker" };

interface Declared {
  readonly name: string;
  readonly place: string;
}

/** The options of exported interfaces whose names end in Options. */
function declaredOptions(sources: readonly Source[]): Declared[] {
  return sources.flatMap((source) =>
    source.syntax.statements.filter(isOptions).flatMap((one) =>
      one.members.flatMap((member) =>
        member.name !== undefined && ts.isIdentifier(member.name)
          ? [
              {
                name: member.name.text,
                place: `${placeOf(source, member)}: ${one.name.text}.${member.name.text}`,
              },
            ]
          : [],
      ),
    ),
  );
}

function isOptions(statement: ts.Statement): statement is ts.InterfaceDeclaration {
  return (
    ts.isInterfaceDeclaration(statement) &&
    statement.name.text.endsWith("Options") &&
    READ_BY_OTHERS[statement.name.text] === undefined &&
    (statement.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** Every name that is read from an object: `a.name`, `a["name"]`, `const { name } = a`. */
function namesRead(sources: readonly Source[]): Set<string> {
  const names = new Set<string>();
  for (const { syntax } of sources) {
    visit(syntax, (node) => {
      if (ts.isPropertyAccessExpression(node) && !isAssigned(node)) {
        names.add(node.name.text);
      } else if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) {
        names.add(node.argumentExpression.text);
      } else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
        const name = node.propertyName ?? node.name;
        if (ts.isIdentifier(name)) {
          names.add(name.text);
        }
      }
    });
  }
  return names;
}

function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** A duration has two spellings that are read as one: `timeout` is read where `timeoutMs` is. */
function unread(sources: readonly Source[]): string[] {
  const read = namesRead(sources);
  return declaredOptions(sources)
    .filter(({ name }) => isUnread(read, name))
    .map(({ place }) => place);
}

function isUnread(names: ReadonlySet<string>, name: string): boolean {
  return !names.has(name) && !names.has(`${name}Ms`);
}

const sources = productSources();

describe("an option is read by somebody", () => {
  const reader = (text: string) => [
    sourceOf("src/a.ts", `export interface AOptions { readonly pace?: number; }\n${text}`),
  ];

  it.each([["options.pace = 3;"], ["const all = { pace: 3 };"], ['const NAMES = ["pace"];']])(
    "which this check would miss in %s",
    (text) => {
      expect(unread(reader(text))).toEqual(["src/a.ts:1: AOptions.pace"]);
    },
  );

  it.each([["use(options.pace);"], ['use(options["pace"]);'], ["const { pace = 1 } = options;"]])(
    "and finds it in %s",
    (text) => {
      expect(unread(reader(text))).toEqual([]);
    },
  );

  it("in src/", () => {
    expect(declaredOptions(sources).length).toBeGreaterThan(40);
    expect(unread(sources), "read the option, or take it away with its check and its page").toEqual([]);
  });

  it("and so is each flag of the command", () => {
    const read = namesRead(sources);
    const program = makeProgram(() => undefined);
    const flags = [program, ...program.commands].flatMap((command) =>
      command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => ({ name: option.attributeName(), text: `${command.name()} ${option.flags}` })),
    );
    expect(flags.length).toBeGreaterThan(30);
    const idle = flags.filter(({ name }) => name !== "version" && isUnread(read, name));
    expect(
      idle.map(({ text }) => text),
      "read the flag, or take it away",
    ).toEqual([]);
  });
});
