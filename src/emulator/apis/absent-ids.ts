import { isFields } from "./places.ts";

/** Names the ids that were not found where the example of none does: `"NonExistJobIds": { "String": ["{id}"] }`. */
export function withMissing(answer: unknown, absent: unknown, missing: readonly string[]): unknown {
  if (isFields(answer) && isFields(absent)) {
    for (const [key, value] of Object.entries(absent)) {
      if (isIdList(value)) {
        answer[key] = [...missing];
      } else {
        withMissing(answer[key], value, missing);
      }
    }
  }
  return answer;
}

/** An example with these ids in the place of `{id}`; a list of it alone becomes one of all of them. */
export function withIds(answer: unknown, taskIds: readonly string[]): unknown {
  if (isIdList(answer)) {
    return [...taskIds];
  }
  if (typeof answer === "string") {
    return answer.replaceAll("{id}", taskIds[0] ?? "");
  }
  if (Array.isArray(answer)) {
    return answer.map((item: unknown) => withIds(item, taskIds));
  }
  return isFields(answer)
    ? Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, withIds(value, taskIds)]))
    : answer;
}

function isIdList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === "{id}";
}
