// What differs from call to call and from wait to wait, though the reason is the same.
const OWN = /\brequest [\w-]+|\bafter \d+ failed polls?/g;

/** What is wrong as far as other tasks have the same trouble: one wrong key is told once, not for each of them. */
export function troubleOf(message: string, taskId: string): string {
  return message.replaceAll(taskId, "").replace(OWN, "");
}
