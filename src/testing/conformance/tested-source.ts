import type { TaskSource } from "../../task/source.ts";
import type { SourceScenario, SourceUnderTest } from "./source-scenario.ts";
import { type ConformanceCase, NotOffered } from "./test-api.ts";

/** What a case may test of a source and of the service behind it. */
export type SourcePart = "describe" | "describeMany" | "list" | "requests";

/** A source as a case gets it: whole, and it knows what was used. */
export interface TestedSource {
  readonly source: Required<Pick<TaskSource, "describe" | "describeMany" | "list" | "maxIds">>;
  readonly taskIds: readonly string[];
  requests(): number;
}

/** A test of sources, over a service as its scenario wants it. */
export type SourceCase = ConformanceCase<TestedSource, SourcePart> & { readonly scenario: SourceScenario };

/** Throws {@link NotOffered} unless the subject has all these parts. */
export function checkOffers({ source, requests }: SourceUnderTest, parts: readonly SourcePart[]): void {
  if (parts.includes("list") && source.list === undefined) {
    throw new NotOffered("this source has no list()");
  }
  if (parts.includes("describeMany") && source.describeMany === undefined) {
    throw new NotOffered("this source has no describeMany()");
  }
  if (parts.includes("requests") && requests === undefined) {
    throw new NotOffered("the service of this source counts no requests()");
  }
}

/** The subject, noting which parts are used. */
export function testedSource(subject: SourceUnderTest, used: Set<string>): TestedSource {
  const { source, taskIds } = subject;
  return {
    taskIds,
    source: {
      describe: (...given) => {
        used.add("describe");
        return source.describe(...given);
      },
      maxIds: source.maxIds ?? 1,
      describeMany: async (...given) => {
        used.add("describeMany");
        return (await source.describeMany?.(...given)) ?? [];
      },
      list: async (...given) => {
        used.add("list");
        return (await source.list?.(...given)) ?? { tasks: [] };
      },
    },
    requests: () => {
      used.add("requests");
      return subject.requests?.() ?? Number.NaN;
    },
  };
}
