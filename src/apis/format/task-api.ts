// The format of a declaration. It is documented for users in docs/task-apis.md; its schema is in schema.ts.

/** A JMESPath expression of the standard grammar. */
export type Expr = string;

/** A word of a service for a state; a number or a boolean is compared as its text. */
export type Word = string | number | boolean;

/**
 * Names and values of parameters. Values may hold placeholders: `{id}` (percent-encoded where it stands in a URL),
 * `{+id}` (its slashes stay), `{ids}`, `{region}`, `{now-29d}` and `{now+1h}` (ISO 8601, UTC), `{status}` in listings,
 * and any other name for a value of `set`.
 */
export type Params = Readonly<Record<string, string>>;

/**
 * A host such as `"ecs.{region}.aliyuncs.com"`, or one for the regions named and another for the rest. Without TLS only
 * on loopback.
 */
export type Endpoint =
  | string
  | { readonly default: string; readonly regions?: Readonly<Record<string, string>> };

/** An RPC operation of an Alibaba Cloud OpenAPI: `POST /` with the action in a header, signed. */
export interface RpcRequest {
  readonly style: "rpc";
  /** Of the API, such as `"2014-05-26"`. */
  readonly version: string;
  readonly action: string;
  /** Default `"POST"`. */
  readonly method?: "GET" | "POST";
  readonly endpoint: Endpoint;
  /** Of the query. */
  readonly parameters?: Params;
}

/** A ROA operation of an Alibaba Cloud OpenAPI: a method and a path, signed. */
export interface RoaRequest {
  readonly style: "roa";
  readonly version: string;
  readonly action: string;
  /** Default `"GET"`. */
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly endpoint: Endpoint;
  /** Of the query. */
  readonly parameters?: Params;
}

/** Any other HTTP request that is answered with JSON. */
export interface HttpRequest {
  readonly style: "http";
  readonly url: string;
  /** Default `"GET"`. */
  readonly method?: "GET" | "POST";
  readonly headers?: Params;
  /** The environment variable that holds the key, and the header that carries it. */
  readonly auth?: BearerAuth | HeaderAuth;
  /**
   * The hosts that the key may go to, besides the one that `url` spells out: a name, or `"*.example.com"` for all
   * below it. Needed when a placeholder decides the host.
   */
  readonly hosts?: readonly string[];
}

/** `Authorization: Bearer …`. */
export interface BearerAuth {
  /** The name of an environment variable. */
  readonly bearer: string;
}

/** A key in a header of its own. */
export interface HeaderAuth {
  readonly header: string;
  /** What stands before the key, such as `"Key "`. */
  readonly prefix?: string;
  /** The name of an environment variable. */
  readonly value: string;
}

/** The words of a service, by what they mean. A word that is in none keeps the wait going, with one warning. */
export interface TaskStates {
  readonly complete?: readonly Word[];
  /** Partial success belongs here: who takes it for success says so with `until`. */
  readonly failed?: readonly Word[];
  readonly canceled?: readonly Word[];
  readonly expired?: readonly Word[];
  /** The service knows no such task, and says so with a word. */
  readonly notFound?: readonly Word[];
  readonly running?: readonly Word[];
  /** Not begun: the time in a queue is not counted as run time. */
  readonly queued?: readonly Word[];
}

/** How to read a task from an answer. */
export interface TaskReading {
  /** Where in the answer the task is: an object, or a list of them. Default the whole answer. */
  readonly at?: Expr;
  /** Each object's id; needed when `at` gives a list of several tasks. */
  readonly id?: Expr;
  /**
   * What it means that a list lacks the task: that there is none (default), or nothing, because the request can't ask
   * for one id and the list may be cut off.
   */
  readonly absence?: "notFound" | "unknown";
  /** Gives a word, a number or a boolean. With style `http`, `httpStatus` is the HTTP status of the answer. */
  readonly status: Expr;
  readonly states: TaskStates;
  /** A number or `"40%"`, of 100 unless `of` says otherwise. */
  readonly progress?: Expr | { readonly value: Expr; readonly of: Expr | number };
  /** The service's own estimate of the time left, in seconds. */
  readonly remaining?: Expr;
  readonly type?: Expr;
  /** Why it did not succeed; read only then. */
  readonly error?: Expr;
  /** What it gave; read only at its end. Default the object at `at`. */
  readonly result?: Expr;
  /** Unix seconds or milliseconds, or ISO 8601 with or without zone, seconds and `T`. */
  readonly started?: Expr;
  readonly ended?: Expr;
  /** Of times without a zone, such as `"+08:00"`. Default `"Z"`. */
  readonly timeZone?: string;
}

/** An error inside an answer of HTTP 200. */
export interface Refused {
  readonly when: Expr;
  readonly code: Expr;
  readonly message?: Expr;
}

/** Many ids in one call. */
export interface ManyIds {
  readonly parameter: string;
  /** `","` joins them, `"json"` makes a JSON list, `"repeat"` numbers the parameter: `JobIds.1`, `JobIds.2`. */
  readonly join: "," | "json" | "repeat";
  /** In one call. */
  readonly max: number;
}

/** A listing of many tasks, read as the tasks of `task` are but from `at`. */
export interface Listing {
  /** Of the query; `{status}` becomes a word of the service. */
  readonly parameters: Params;
  /** The path, if it is not the request's without its last segment. */
  readonly path?: string;
  readonly at: Expr;
  /** The word's expression in a listing, if it is not `task.status`. */
  readonly status?: Expr;
  readonly next:
    | { readonly parameter: string; readonly value: Expr }
    | { readonly page: string; readonly pages: Expr };
}

/** What the service documents of its limits. */
export interface Limits {
  /** Such as `"20/s"` or `"200/60s"`: where the rate begins, and what it does not go beyond. */
  readonly quota?: string;
  /** Such as `"5s"`: no task is polled more often. */
  readonly minInterval?: string;
  /** How long ended tasks can be seen, such as `"24h"`. */
  readonly kept?: string;
}

/** What an {@link Example} is an example of. */
export type ExampleState =
  | "queued"
  | "running"
  | "complete"
  | "failed"
  | "canceled"
  | "expired"
  | "notFound"
  | "throttled"
  | "denied";

/** An answer, and what it must be read as. `"{id}"`, `"{percent}"` and `"{time}"` in strings are filled in. */
export interface Example {
  readonly state: ExampleState;
  /** Default 200. */
  readonly httpStatus?: number;
  /** JSON. */
  readonly answer: unknown;
  /** Fields that the task must have. */
  readonly gives?: Readonly<Record<string, unknown>>;
  /** Whether the service's documents show it. Default `"inferred"`. */
  readonly source?: "documented" | "inferred";
}

/** Where the facts come from. */
export interface About {
  /** What the id is. */
  readonly id: string;
  /** Pages, models of the official SDK. */
  readonly documented?: readonly string[];
  /** What no document says. */
  readonly inferred?: readonly string[];
  /** All words that the service documents; each must be in a state. */
  readonly words?: readonly Word[];
}

/** A declared task API: one request, an expression that gives a word, and what the words mean. Plain JSON. */
export interface TaskApi {
  /** Before the colon of an id on the command line: `[a-z][a-z0-9-]*`. */
  readonly name: string;
  readonly about?: About;
  readonly request: RpcRequest | RoaRequest | HttpRequest;
  readonly task: TaskReading;
  readonly refused?: Refused;
  readonly ids?: ManyIds;
  readonly list?: Listing;
  readonly limits?: Limits;
  readonly examples?: readonly Example[];
  /** For editors. */
  readonly $schema?: string;
}
