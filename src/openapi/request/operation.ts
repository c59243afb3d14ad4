import type { NamedRegion } from "../credentials/profile.ts";

/** Names and values, decoded. */
export type Parameters = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * The host of a service in a region.
 *
 * @param region - Absent when nothing names one.
 * @param vpc - The host within a VPC.
 */
export type HostOfRegion = (region: NamedRegion | undefined, vpc: boolean) => string;

/** The most bytes of an answer, of one task as of many: results may hold pictures. */
export const MAX_ANSWER_BYTES: number = 16 * 1024 * 1024;

/** What a call is called, is about, and may be answered with: what reading any HTTP answer needs. */
export interface CallSubject {
  /** What errors call it, such as `ListStacks` or `GetStack of "s-1"`. */
  readonly subject: string;
  /** The task that it is about, for errors and records. */
  readonly taskId?: string;
  /** The largest answer that is read, in bytes. */
  readonly maxBytes: number;
}

/** One call of any OpenAPI, before it is signed. */
export interface Operation extends CallSubject {
  /** `roa` names the resource by its path; `rpc` calls `/` and puts all parameters into query or form. */
  readonly style: "roa" | "rpc";
  /** Such as `GetStack`. */
  readonly action: string;
  /** Of the API, such as `2014-05-26`. */
  readonly version: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Encoded; `/` in the RPC style. */
  readonly path: string;
  readonly query: Parameters;
  /** The body as a form; not together with {@link Operation.json}. */
  readonly form?: Parameters;
  /** The body as JSON, without secrets. */
  readonly json?: unknown;
  /** Host, or host and port; how to find it in a region. An `endpoint` that options or environment name goes before it. */
  readonly host: string | HostOfRegion;
  /**
   * Changes nothing. Other calls go over a fresh connection, so that a kept one that closes just then leaves no doubt
   * whether they were taken.
   */
  readonly readOnly: boolean;
  /** A field that every good answer has: with a `Code` and without this field, HTTP 200 is an error, too. */
  readonly dataField?: string;
}

/** What errors of this call carry: the task, if it is about one. */
export function aboutTask({ taskId }: Pick<Operation, "taskId">): { readonly taskId?: string } {
  return taskId === undefined ? {} : { taskId };
}
