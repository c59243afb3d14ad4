import type { Emulator } from "../../src/emulator/index.ts";

// The official client is CommonJS and ships types that do not hold under ESM: this is the part we use.
interface CallParams {
  readonly action: string;
  readonly version: string;
  readonly protocol: string;
  readonly pathname: string;
  readonly method: string;
  readonly authType: string;
  readonly style: string;
  readonly reqBodyType: string;
  readonly bodyType: string;
}

export interface OfficialClient {
  callApi(
    params: CallParams,
    request: unknown,
    runtime: unknown,
  ): Promise<{ body: Answer; statusCode: number }>;
}

interface Answer {
  readonly RequestId: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what came, whatever it is.
  readonly Data: any;
}

interface OfficialModule {
  readonly default: (new (
    config: unknown,
  ) => OfficialClient) & {
    readonly default?: new (config: unknown) => OfficialClient;
  };
  readonly OpenApiUtil: {
    getNonce: () => string;
    getTimestamp: () => string;
    getAuthorization: (...parts: unknown[]) => string;
  };
  readonly $OpenApiUtil: {
    readonly Config: new (fields: unknown) => unknown;
    readonly Params: new (fields: unknown) => CallParams;
    readonly OpenApiRequest: new (fields: unknown) => unknown;
  };
}

const core = (await import("@alicloud/openapi-core")) as unknown as OfficialModule;

const PATHS: Readonly<Record<string, readonly [method: string, path: string]>> = {
  DescribeTask: ["GET", "/api/v1/tasks/"],
  DescribeTasks: ["GET", "/api/v1/tasks"],
  UpdateResources: ["POST", "/api/v1/resources/update"],
  CheckRules: ["POST", "/api/v1/rules/check"],
};

/** The official core's own helpers, to be replaced for a while by tests that need an old date or nonce, or a bad signature. */
export const officialUtil: OfficialModule["OpenApiUtil"] = core.OpenApiUtil;

export function officialClient(emulator: Emulator, config: Record<string, unknown> = {}): OfficialClient {
  const { accessKeyId, accessKeySecret, regionId } = emulator.clientOptions;
  const keys = config["credential"] !== undefined || config["bearerToken"] !== undefined;
  const Client = core.default.default ?? core.default;
  return new Client(
    new core.$OpenApiUtil.Config({
      ...(keys ? {} : { accessKeyId, accessKeySecret }),
      regionId,
      endpoint: new URL(emulator.endpoint).host,
      protocol: "http",
      ...config,
    }),
  );
}

export interface OfficialCall {
  readonly taskId?: string;
  readonly query?: Record<string, string>;
  readonly form?: Record<string, string>;
  readonly version?: string;
  readonly path?: string;
  readonly method?: string;
  readonly authType?: string;
  readonly runtime?: Record<string, unknown>;
}

export async function call(client: OfficialClient, action: string, of: OfficialCall = {}): Promise<Answer> {
  const [method, path] = PATHS[action] ?? ["GET", "/"];
  const answer = await client.callApi(
    new core.$OpenApiUtil.Params({
      action,
      version: of.version ?? "2023-08-08",
      protocol: "HTTP",
      pathname: of.path ?? `${path}${of.taskId ?? ""}`,
      method: of.method ?? method,
      authType: of.authType ?? "AK",
      style: "ROA",
      reqBodyType: method === "POST" ? "formData" : "json",
      bodyType: "json",
    }),
    new core.$OpenApiUtil.OpenApiRequest({
      headers: {},
      ...(of.query === undefined ? {} : { query: of.query }),
      ...(method === "POST" ? { body: of.form ?? {} } : {}),
    }),
    { connectTimeout: 5000, readTimeout: 5000, ...of.runtime },
  );
  return answer.body;
}

/** The error with which a call is refused. */
export async function refusal(
  emulator: Emulator,
  action: string,
  of: OfficialCall = {},
  config: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  return call(officialClient(emulator, config), action, of).then(
    () => {
      throw new Error("the call was not refused");
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}
