import type { Example } from "./format/task-api.ts";

/** What is put in place of an example's placeholders. */
export interface ExampleValues {
  readonly id: string;
  /** 0 to 100. */
  readonly percent: number;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/**
 * An example's answer with its placeholders filled in. A text that is nothing but `{percent}` becomes a number, as
 * services send it.
 */
export function fillExample({ answer }: Pick<Example, "answer">, values: ExampleValues): unknown {
  if (typeof answer === "string") {
    return answer === "{percent}"
      ? values.percent
      : answer.replace(/\{(id|percent|time)\}/g, (_, name: keyof ExampleValues) => String(values[name]));
  }
  if (Array.isArray(answer)) {
    return answer.map((item: unknown) => fillExample({ answer: item }, values));
  }
  if (typeof answer !== "object" || answer === null) {
    return answer;
  }
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, fillExample({ answer: value }, values)]),
  );
}
