import { type Credential, type PartNames, toCredential } from "./credential.ts";
import { ENVIRONMENT_PREFIXES, type Environment } from "./environment.ts";

/**
 * The access key that the environment holds. All parts are taken under one prefix, that of the first variable
 * found, so that the token of one tool is never sent with the key of another.
 *
 * @returns `undefined` when there is none.
 * @throws {@link InvalidOptionError} when an id comes without its secret, or a part can't be sent.
 */
export function keyFromEnvironment(environment: Environment): Credential | undefined {
  const names = keyNamesIn(environment);
  return (
    names &&
    toCredential(
      {
        accessKeyId: environment[names.accessKeyId],
        accessKeySecret: environment[names.accessKeySecret],
        securityToken: environment[names.securityToken],
      },
      names,
    )
  );
}

/** What the variables are called that {@link keyFromEnvironment} reads; undefined when there is no key. */
export function keyNamesIn(environment: Environment): PartNames | undefined {
  return [...ENVIRONMENT_PREFIXES, ""]
    .map((prefix) => ({
      accessKeyId: `${prefix}ACCESS_KEY_ID`,
      accessKeySecret: `${prefix}ACCESS_KEY_SECRET`,
      securityToken: `${prefix}SECURITY_TOKEN`,
      bearerToken: `${prefix}BEARER_TOKEN`,
    }))
    .find((names) => environment[names.accessKeyId] || environment[names.accessKeySecret]);
}
