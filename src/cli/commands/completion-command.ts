import type { Command } from "commander";
import { loadApis } from "../apis/load-api.ts";
import { writeOut } from "../terminal/standard-output.ts";

/** The shells that there are completion scripts for. */
export type Shell = "bash" | "zsh" | "fish";

interface Entry {
  /** As it is typed: `start check-rules`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  /** What its arguments may begin with or be, such as `ros-stack:`. */
  readonly words: readonly string[];
  readonly flags: readonly {
    readonly long: string;
    readonly description: string;
    readonly isFile: boolean;
    /** Takes a declared API by its name or its file. */
    readonly isApi: boolean;
    readonly choices?: readonly string[];
  }[];
}

/** `taskwait completion <shell>`: a script made from the commands and flags themselves, so it can't be outdated. */
export async function completionCommand(shell: Shell, program: Command): Promise<number> {
  const { presetNames } = await loadApis();
  const entries = entriesOf(program, "", presetNames);
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  writeOut(scripts[shell](entries, presetNames));
  return 0;
}

function entriesOf(command: Command, path: string, apis: readonly string[]): readonly Entry[] {
  const help = command.createHelp();
  const flags = help.visibleOptions(command).flatMap((option) =>
    option.long == null
      ? []
      : [
          {
            long: option.long,
            description: option.description,
            isFile: option.flags.endsWith("<file>"),
            isApi: option.flags.endsWith("<name|file>"),
            ...(option.argChoices === undefined ? {} : { choices: option.argChoices }),
          },
        ],
  );
  const takes = new Set(command.registeredArguments.map((argument) => argument.name()));
  const words = takes.has("taskId") ? apis.map((name) => `${name}:`) : takes.has("name|file") ? apis : [];
  const own = { path, description: command.description(), words, flags };
  const inner = command.commands.flatMap((child) => entriesOf(child, `${path} ${child.name()}`.trim(), apis));
  return [own, ...inner];
}

/** The commands directly below a path. */
function childrenOf(entries: readonly Entry[], path: string): readonly Entry[] {
  const prefix = path === "" ? "" : `${path} `;
  return entries.filter(
    (entry) =>
      entry.path.startsWith(prefix) && entry.path !== path && !entry.path.slice(prefix.length).includes(" "),
  );
}

function nameOf(entry: Entry): string {
  return entry.path.slice(entry.path.lastIndexOf(" ") + 1);
}

/** What can follow at a path. `taskwait` alone takes what its default command takes, too. */
function wordsAt(entries: readonly Entry[], entry: Entry): readonly string[] {
  const takers = entry.path === "" ? [entry, ...entries.filter(({ path }) => path === "wait")] : [entry];
  return [
    ...new Set([
      ...childrenOf(entries, entry.path).map(nameOf),
      ...takers.flatMap(({ flags }) => flags.map(({ long }) => long)),
      ...takers.flatMap(({ words }) => words),
    ]),
  ];
}

function choicesOf(entries: readonly Entry[]): ReadonlyMap<string, readonly string[]> {
  const choices = new Map<string, Set<string>>();
  for (const { long, choices: some } of entries.flatMap(({ flags }) => flags)) {
    for (const choice of some ?? []) {
      choices.set(long, (choices.get(long) ?? new Set()).add(choice));
    }
  }
  return new Map([...choices].map(([long, set]) => [long, [...set]]));
}

/** The flags of a kind, as the pattern of a shell's `case`. */
function patternOf(entries: readonly Entry[], kind: "isFile" | "isApi"): string {
  const flags = entries.flatMap((entry) => entry.flags).filter((flag) => flag[kind]);
  return [...new Set(flags.map(({ long }) => long))].join("|");
}

// Both shells walk the words before the cursor to the deepest command that they name.
function pathCase(entries: readonly Entry[]): string {
  return entries
    .filter(({ path }) => path !== "")
    .map(({ path }) => {
      const before = path.includes(" ") ? path.slice(0, path.lastIndexOf(" ")) : "";
      return `      "${before}|${path.slice(path.lastIndexOf(" ") + 1)}") path="${path}" ;;`;
    })
    .join("\n");
}

function wordCase(entries: readonly Entry[]): string {
  return entries
    .map((entry) => `    "${entry.path}") words="${wordsAt(entries, entry).join(" ")}" ;;`)
    .join("\n");
}

function choiceCase(entries: readonly Entry[]): string {
  return [...choicesOf(entries)]
    .map(([long, some]) => `    ${long}) words="${some.join(" ")}" ;;`)
    .join("\n");
}

function bashScript(entries: readonly Entry[], apis: readonly string[]): string {
  return `# taskwait completion for bash
_taskwait() {
  local path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path|$word" in
${pathCase(entries)}
    esac
  done
  case "$path" in
${wordCase(entries)}
  esac
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${choiceCase(entries)}
    ${patternOf(entries, "isFile")}) COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;
    ${patternOf(entries, "isApi")}) COMPREPLY=($(compgen -W "${apis.join(" ")}" -f -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  # An id follows a prefix at once.
  if [[ \${COMPREPLY[0]} == *: ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _taskwait taskwait
`;
}

function zshScript(entries: readonly Entry[], apis: readonly string[]): string {
  return `#compdef taskwait
_taskwait() {
  local path_="" words_="" word
  for word in "\${words[@]:1:CURRENT-2}"; do
    case "$path_|$word" in
${pathCase(entries).replaceAll('path="', 'path_="')}
    esac
  done
  case "$path_" in
${wordCase(entries).replaceAll('words="', 'words_="')}
  esac
  case "\${words[CURRENT-1]}" in
${choiceCase(entries).replaceAll('words="', 'words_="')}
    ${patternOf(entries, "isFile")}) _files; return ;;
    ${patternOf(entries, "isApi")}) compadd -- ${apis.join(" ")}; _files; return ;;
  esac
  # An id follows a prefix at once.
  compadd -S "" -- \${(M)\${=words_}:#*:}
  compadd -- \${\${=words_}:#*:}
}
if [ "$funcstack[1]" = "_taskwait" ]; then _taskwait "$@"; else compdef _taskwait taskwait; fi
`;
}

function fishScript(entries: readonly Entry[], apis: readonly string[]): string {
  const lines = ["# taskwait completion for fish", "complete -c taskwait -f"];
  const quote = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const top = childrenOf(entries, "").map(nameOf).join(" ");
  for (const entry of entries) {
    const names = entry.path.split(" ").filter((name) => name !== "");
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ");
    const children = childrenOf(entries, entry.path);
    const at = seen === "" ? "" : ` -n ${quote(seen)}`;
    const noChild = `not __fish_seen_subcommand_from ${children.map(nameOf).join(" ")}`;
    for (const child of children) {
      const when = seen === "" ? `not __fish_seen_subcommand_from ${top}` : `${seen}; and ${noChild}`;
      lines.push(`complete -c taskwait -n ${quote(when)} -a ${nameOf(child)} -d ${quote(child.description)}`);
    }
    for (const word of entry.words) {
      lines.push(`complete -c taskwait${at} -a ${word}`);
    }
    for (const flag of entry.flags) {
      const choices = flag.choices === undefined ? "" : ` -x -a ${quote(flag.choices.join(" "))}`;
      const values = flag.isFile ? " -r -F" : flag.isApi ? ` -r -F -a ${quote(apis.join(" "))}` : choices;
      lines.push(`complete -c taskwait${at} -l ${flag.long.slice(2)}${values} -d ${quote(flag.description)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
