import { printable } from "../../index.ts";
import { UsageError } from "../errors/usage-error.ts";

/** `--state: "st.json" can't be written (ENOSPC)`. Never shows what is in the file. */
export function fileError(flag: string, path: string, trouble: string): UsageError {
  return new UsageError(`${flag}: "${printable(path, 200)}" ${trouble}`);
}

/** The system's word for what went wrong, such as `ENOSPC`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? "unknown error";
}
