import { printable, type Task } from "../../index.ts";
import { escapeUnsafe, safeJson } from "./safe-json.ts";

/**
 * JSON that the service sent, on one line, with its digits as they were sent: what is parsed may lose some. A text
 * that is no JSON becomes a JSON string.
 */
export function sentJson(raw: string): string {
  return isJson(raw) ? escapeUnsafe(withoutBlanks(raw)) : safeJson(raw);
}

/** The result of a task as one word: as JSON on one line; of a task that did not complete, why. */
export function resultWord(task: Task): string {
  if (task.taskStatus !== "COMPLETE") {
    return task.errorMessage ? safeJson(task.errorMessage) : "";
  }
  return task.taskResult ? sentJson(task.taskResult) : "";
}

/** A date as text, or the number where it is none. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? printable(String(seconds))
    : date.toISOString().replace(/\.\d+Z$/, "Z");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Takes the blanks out that stand between the tokens of valid JSON. */
function withoutBlanks(json: string): string {
  let kept = "";
  let fromAt = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at];
    if (inString) {
      at += char === "\\" ? 1 : 0;
      inString = char !== '"';
    } else if (char === '"') {
      inString = true;
    } else if (char === " " || char === "\n" || char === "\r" || char === "\t") {
      kept += json.slice(fromAt, at);
      fromAt = at + 1;
    }
  }
  return kept + json.slice(fromAt);
}
