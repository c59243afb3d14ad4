import { Argument, type Command, Option } from "commander";
import { type ApiFlags, addApiFlags, addUntilFlag } from "./apis/api-flags.ts";
import type { EmulateFlags } from "./commands/emulate-command.ts";
import type { ListFlags } from "./commands/list-command.ts";
import type { StartFlags } from "./commands/start-command.ts";
import { type AccountFlags, addAccountFlags } from "./flags/account-flags.ts";
import { readJson, settleConflicts } from "./flags/conflicts.ts";
import { addHookFlags } from "./flags/hook-flags.ts";
import { refusalText } from "./flags/refusals.ts";
import { repeated } from "./flags/repeated.ts";
import { addTaskQueryFlags } from "./flags/task-query-flags.ts";
import { CommandWithVariables, readVariables } from "./flags/variables.ts";
import type { WaitFlags } from "./flags/wait-flags.ts";
import {
  addCheckpointFlags,
  addManyFlags,
  addOutputFlags,
  addWaitFlags,
  colorOption,
  jsonOption,
  verboseOption,
} from "./flags/wait-flags.ts";
import { HELP_EXAMPLES } from "./help/help-examples.ts";
import { writeErr } from "./terminal/messages.ts";
import { writeOut } from "./terminal/standard-output.ts";
import { readVersion } from "./version.ts";
import { interruptible } from "./waiting/interruption.ts";

/**
 * The command line: its commands and their flags. What a command does is loaded when it runs, so that help and
 * mistakes are answered at once.
 *
 * @param end - Takes the exit code of a command.
 */
export function makeProgram(end: (exitCode: number) => void): Command {
  const program = new CommandWithVariables("taskwait")
    .usage("<taskId...> [options]\n       taskwait <command> [options]")
    .description("Waits for asynchronous tasks of Alibaba Cloud BDRC.")
    .version(readVersion(), "-V, --version", "print the version")
    .addHelpText("after", HELP_EXAMPLES[""] ?? "")
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut,
      writeErr: (text) => writeErr(text.trimEnd()),
      outputError: (text, write) => write(refusalText(text, program)),
    });
  addWait(program, end);
  addStart(program, end);
  addReads(program, end);
  addApis(program, end);
  addLocal(program, end);
  program.hook("preAction", (_, command) => {
    readVariables(command);
    settleConflicts(command);
    readJson(command);
  });
  return program;
}

type End = (exitCode: number) => void;

function add(parent: Command, name: string, description: string, isDefault = false): Command {
  const path = parent.parent === null ? name : `${parent.name()} ${name}`;
  const command = parent.command(name, { isDefault });
  return command
    .description(description)
    .configureOutput({ outputError: (text, write) => write(refusalText(text, command)) })
    .addHelpText("after", HELP_EXAMPLES[path] ?? "");
}

function addWait(program: Command, end: End): void {
  const command = add(program, "wait", "wait for tasks to end (the default command)", true).argument(
    "[taskId...]",
    "tasks to wait for; - reads them from standard input",
  );
  addManyFlags(command);
  addWaitFlags(command);
  addCheckpointFlags(command);
  addOutputFlags(command);
  addHookFlags(command);
  addUntilFlag(addApiFlags(command));
  addAccountFlags(command).action(async (words: string[], flags: WaitFlags & AccountFlags & ApiFlags) => {
    const { waitCommand } = await import("./commands/wait-command.ts");
    end(await interruptible((interruption) => waitCommand(words, flags, command, interruption)));
  });
}

function addStart(program: Command, end: End): void {
  const start = add(program, "start", "start a task and wait for it");
  const update = add(start, "update-resources", "have the service take stock of the resources").option(
    "--resource-type <type>",
    "only this type, such as ACS::ECS::Instance (default: all)",
  );
  const check = add(start, "check-rules", "check a resource against the rules")
    .requiredOption("--resource-arn <arn>", "the resource")
    .option("--rule-id <id>", "only this rule (default: all)");
  for (const command of [update, check]) {
    command.option("--no-wait", "print the task's id and don't wait for its end");
    addWaitFlags(command);
    command
      .option("--attempts <number>", "start at most so often while the service is busy (default: 1)")
      .option("--state <file>", "start, or go on with what this file holds of the same start")
      .option("--renew-after <duration>", "start again once the start in the file has ended and is this old")
      .option("--checkpoint <file>", "the same as --state");
    addOutputFlags(command);
    addHookFlags(command);
    addAccountFlags(command).action(async (flags: StartFlags & WaitFlags & AccountFlags) => {
      const { startCommand } = await import("./commands/start-command.ts");
      const kind = command === update ? "update-resources" : "check-rules";
      end(await interruptible((interruption) => startCommand(kind, flags, command, interruption)));
    });
  }
}

function addReads(program: Command, end: End): void {
  const list = addTaskQueryFlags(add(program, "list", "list tasks"))
    .option("--limit <number>", "at most so many tasks")
    .addOption(formOption(["table", "json", "jsonl", "ids"], "table"))
    .addOption(jsonOption())
    .addOption(colorOption())
    .addOption(verboseOption());
  addAccountFlags(list).action(async (flags: ListFlags & AccountFlags) => {
    const { listCommand } = await import("./commands/list-command.ts");
    end(await interruptible((interruption) => listCommand(flags, interruption)));
  });
  const describe = add(program, "describe", "show one task as it is now")
    .argument("<taskId>", "the task")
    .addOption(formOption(["text", "json"], "text"))
    .addOption(jsonOption())
    .addOption(verboseOption());
  addAccountFlags(addApiFlags(describe)).action(
    async (taskId: string, flags: AccountFlags & ApiFlags & { output: "text" | "json"; verbose?: true }) => {
      const { describeCommand } = await import("./commands/describe-command.ts");
      end(await interruptible((interruption) => describeCommand(taskId, flags, interruption)));
    },
  );
  const whoami = add(
    program,
    "whoami",
    "say which credentials and which region are in use, without showing them",
  );
  addAccountFlags(whoami).action(async (flags: AccountFlags) => {
    const { whoamiCommand } = await import("./commands/whoami-command.ts");
    end(await interruptible(() => whoamiCommand(flags)));
  });
}

function addApis(program: Command, end: End): void {
  const apis = add(program, "apis", "declared task APIs: list, show, check, try");
  const list = add(apis, "list", "list the APIs that come with the package", true)
    .addOption(formOption(["table", "json", "names"], "table"))
    .addOption(jsonOption());
  list.action(async (flags: { output: "table" | "json" | "names" }) => {
    const { listApis } = await import("./commands/apis-command.ts");
    end(await listApis(flags));
  });
  add(apis, "show", "print a declaration, to begin one of your own with")
    .argument("<name|file>", "the API")
    .action(async (named: string) => {
      const { showApi } = await import("./commands/apis-command.ts");
      end(await showApi(named));
    });
  add(apis, "check", "check a declaration and read its examples, without a call")
    .argument("<name|file>", "the API")
    .action(async (named: string) => {
      const { checkApi } = await import("./commands/apis-command.ts");
      end(await checkApi(named));
    });
  const attempt = add(apis, "try", "make one call: what was asked, what was answered, what each key gave")
    .argument("<name|file>", "the API")
    .argument("<id>", "a task of it")
    .option("--set <name=value>", "a value that the declaration needs; may be repeated", repeated);
  addAccountFlags(attempt).action(
    async (named: string, id: string, flags: AccountFlags & Pick<ApiFlags, "set">) => {
      const { tryApi } = await import("./commands/apis-command.ts");
      end(await interruptible((interruption) => tryApi(named, id, flags, interruption)));
    },
  );
}

function addLocal(program: Command, end: End): void {
  add(program, "demo", "see a wait from beginning to end against a local emulator")
    .addOption(colorOption())
    .option("--no-progress", "lines instead of a live bar")
    .action(async (flags: Pick<WaitFlags, "color" | "progress">) => {
      const { demoCommand } = await import("./commands/demo-command.ts");
      end(await interruptible((interruption) => demoCommand(flags, interruption)));
    });
  add(program, "emulate", "run a local BDRC for development and tests")
    .argument("[command...]", "serve while this runs, with the variables set, and exit as it does; after --")
    .option("--port <number>", "the port (default: any free one)")
    .option("--host <address>", "a loopback address (default: 127.0.0.1)")
    .option("--scenario <file>", "tasks and behaviour, as JSON")
    .option("--api <name|file>", "answer for a declared task API, too; may be repeated", repeated)
    .option("--seed <number>", "makes ids, durations and faults repeatable")
    .option("--speed <factor>", "lets tasks run so many times faster")
    .option("--qps <calls>", "calls per window and operation before it throttles")
    .option("--window <duration>", "the length of that window (default: 1s)")
    .option("--retry-after", "throttled answers say how long to wait")
    .option("--fault <list>", "faults by chance, such as reset=0.02,latency=50..300")
    .option("--tls", "serve HTTPS, with a certificate made at the start")
    .option("--certificate <file>", "write that certificate there, for those who are to trust it")
    .option("-q, --quiet", "no line per request")
    .action(async (words: string[], flags: EmulateFlags) => {
      const { emulateCommand } = await import("./commands/emulate-command.ts");
      end(await interruptible((interruption) => emulateCommand(words, flags, interruption)));
    });
  add(program, "completion", "print a completion script for a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { completionCommand } = await import("./commands/completion-command.ts");
      end(await completionCommand(shell, program));
    });
}

function formOption(forms: readonly string[], fallback: string): Option {
  return new Option("-o, --output <form>", "what to print on standard output")
    .choices(forms)
    .default(fallback);
}
