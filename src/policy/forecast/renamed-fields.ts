import * as z from "zod/mini";

/**
 * The schema, which also reads values that an earlier release has kept.
 *
 * @param names - From the name of a field in earlier releases to its name today.
 */
export function withRenamedFields<T>(
  schema: z.ZodMiniType<T>,
  names: Readonly<Record<string, string>>,
): z.ZodMiniType<T> {
  const rename = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, field]) => [names[name] ?? name, field]))
      : value;
  return z.pipe(z.transform(rename), schema);
}
