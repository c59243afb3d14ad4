import { printError, writeWorkflowCommand } from "./messages.ts";

/** What surrounds a wait where the lines of a command are read by a CI system. */
export interface Annotations {
  /** Begins a foldable group. */
  begin(title: string): void;
  /** Ends it. */
  end(): void;
  /** Says that something went wrong. The message is free of control characters. */
  error(message: string): void;
}

const nothing: Annotations = {
  begin: () => undefined,
  end: () => undefined,
  error: (message) => printError(message),
};

// Workflow commands are recognised on standard error too, which keeps standard output for results.
const gitHub: Annotations = {
  begin: (title) => writeWorkflowCommand(`::group::${escapeData(title)}`),
  end: () => writeWorkflowCommand("::endgroup::"),
  error: (message) => writeWorkflowCommand(`::error title=taskwait::${escapeData(message)}`),
};

/** Those of GitHub Actions when `GITHUB_ACTIONS=true`, otherwise plain messages. */
export function annotationsFor(environment: Readonly<Record<string, string | undefined>>): Annotations {
  return environment["GITHUB_ACTIONS"] === "true" ? gitHub : nothing;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
