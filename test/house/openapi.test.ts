import { describe, expect, it } from "vitest";
import { type Page, productSources } from "./product.ts";

/** What belongs to one service: its name, its actions, its version. */
const SERVICE = /bdrc|DescribeTask|2023-08-08/i;

function servicesNamed(pages: readonly Page[]): string[] {
  return pages.flatMap(({ file, text }) =>
    text
      .split("\n")
      .flatMap((line, index) => (SERVICE.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe("src/openapi/ knows no service", () => {
  it("which this check would notice", () => {
    const text = 'const version = "2023-08-08";\nconst host = "";\nclass BdrcCall {}\n';
    expect(servicesNamed([{ file: "a.ts", text }])).toHaveLength(2);
  });

  it("in any of its files", () => {
    const files = productSources().filter(({ file }) => file.startsWith("src/openapi/"));
    expect(servicesNamed(files), "what knows BDRC belongs into src/bdrc/").toEqual([]);
  });
});
