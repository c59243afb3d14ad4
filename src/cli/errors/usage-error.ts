/** The command line asks for something that can't be done; exits with 2. Its message is for people. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
