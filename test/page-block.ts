import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Code that a page shows. */
export interface PageBlock {
  /** The heading of its section. */
  readonly section: string;
  readonly language: string;
  readonly code: string;
}

/** The blocks of code of a page of docs/, in order. */
export function pageBlocks(name: string): PageBlock[] {
  const page = readFileSync(join(import.meta.dirname, "../docs", name), "utf8");
  return page.split(/^## /m).flatMap((text) => {
    const [section = ""] = text.split("\n", 1);
    return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = "", code = ""]) => ({
      section,
      language,
      code,
    }));
  });
}
