import type { Item } from "./read-item.ts";

// What decides first: one part that did not succeed decides over all that run or have completed.
const DECIDES_FIRST = ["FAILED", "EXPIRED", "CANCELED"];

/**
 * One task from several objects with one id (a refresh of ten addresses, say): failed if any failed, complete when all
 * are, else as the first that runs; its progress is the mean.
 */
export function mergeItems(items: readonly [Item, ...Item[]]): Item["fields"] {
  const { fields } =
    DECIDES_FIRST.map((status) => items.find((item) => item.fields.taskStatus === status)).find(
      (item) => item !== undefined,
    ) ??
    items.find((item) => item.fields.taskStatus !== "COMPLETE") ??
    items[0];
  const shares = items.map((item) =>
    item.fields.taskStatus === "COMPLETE" ? 10_000 : item.fields["progress"],
  );
  const known = shares.filter((share): share is number => typeof share === "number");
  const { progress: _, ...others } = fields as Item["fields"] & { readonly progress?: unknown };
  return known.length < items.length
    ? others
    : { ...others, progress: Math.round(known.reduce((sum, share) => sum + share, 0) / known.length) };
}
