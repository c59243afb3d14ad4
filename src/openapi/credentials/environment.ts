/** The process's environment, or a stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is set, and by which name. */
export interface EnvironmentValue {
  readonly name: string;
  readonly value: string;
}

/**
 * What comes before the name of a variable, the official command's order: its own prefix, two older ones.
 *
 * Source: aliyun-cli, config/profile.go.
 */
export const ENVIRONMENT_PREFIXES = ["ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_"] as const;

/**
 * The first of the names that is set. An empty value counts as unset, as in a shell script.
 *
 * @param environment - Usually `process.env`.
 * @param names - In order of preference.
 */
export function firstSet(environment: Environment, names: readonly string[]): EnvironmentValue | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") {
      return { name, value };
    }
  }
  return undefined;
}

/** The name with each of the {@link ENVIRONMENT_PREFIXES}. */
export function prefixed(name: string): string[] {
  return ENVIRONMENT_PREFIXES.map((prefix) => prefix + name);
}
