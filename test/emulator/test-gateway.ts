import type { AccessPolicy } from "../../src/emulator/access/access-policy.ts";
import { type EmulatorBearer, type EmulatorKey, KeyRing } from "../../src/emulator/access/key-ring.ts";
import { type Quota, QuotaLimiter, type ThrottleStyle } from "../../src/emulator/access/quota.ts";
import type { ApiRequest } from "../../src/emulator/protocol/api-request.ts";
import { Gateway } from "../../src/emulator/service/gateway.ts";
import { NextTokens } from "../../src/emulator/service/next-token.ts";
import type { OperationStyle } from "../../src/emulator/service/operations.ts";
import type { Handled } from "../../src/emulator/service/service.ts";
import { StartPlan } from "../../src/emulator/world/start-plan.ts";
import { World } from "../../src/emulator/world/world.ts";
import { authorization, sha256Hex } from "../../src/openapi/request/signature.ts";
import { HandClock } from "./hand-clock.ts";

export const HOST = "127.0.0.1:1234";
export const KEY: EmulatorKey = { accessKeyId: "AK1", accessKeySecret: "secret one" };

export interface GatewayOptions {
  readonly keys?: readonly EmulatorKey[];
  readonly bearers?: readonly EmulatorBearer[];
  readonly quota?: Quota;
  readonly throttle?: ThrottleStyle;
  readonly policy?: AccessPolicy;
  readonly style?: Partial<OperationStyle>;
  readonly tokenMs?: number;
  readonly hosts?: readonly string[];
}

/** A gateway without a server, under a clock that the test moves. */
export class TestGateway {
  readonly clock: HandClock = new HandClock();
  readonly world: World = new World({ now: this.clock.now });
  readonly quota: QuotaLimiter;
  readonly #gateway: Gateway;
  #nonces = 0;

  constructor(options: GatewayOptions = {}) {
    this.quota = new QuotaLimiter(options.quota ?? {}, options.throttle ?? {});
    const hosts = options.hosts ?? [HOST];
    this.#gateway = new Gateway(
      {
        world: this.world,
        keys: new KeyRing(options.keys ?? [KEY], options.bearers ?? []),
        quota: this.quota,
        tokens: new NextTokens(options.tokenMs ?? 60_000),
        style: {
          unknownTask: { httpStatus: 400, code: "InvalidTask.NotFound" },
          taskTypeFilter: true,
          totalCount: false,
          concurrentStarts: "separate",
          starts: new StartPlan({}),
          ...options.style,
        },
        knowsHost: (host) => hosts.includes(host),
      },
      options.policy ?? { denied: [] },
    );
  }

  /** The date as the header wants it. */
  date(offsetMs = 0): string {
    return new Date(this.clock.nowMs + offsetMs).toISOString().replace(/\.\d+Z$/, "Z");
  }

  nonce(): string {
    this.#nonces += 1;
    return `nonce-${this.#nonces}`;
  }

  handle(request: ApiRequest): Handled {
    return this.#gateway.handle(request, this.clock.nowMs);
  }

  /** Signs and sends; the headers given are signed too, those set to undefined are left out. */
  send(
    action: string,
    request: Partial<ApiRequest> & {
      readonly key?: EmulatorKey;
      readonly set?: Record<string, string | undefined>;
    },
  ): { status: number; code: string | undefined; body: Record<string, unknown>; handled: Handled } {
    const handled = this.handle(this.signed(action, request));
    const body = JSON.parse(handled.answer.body) as Record<string, unknown>;
    return { status: handled.answer.httpStatus, code: handled.answer.code, body, handled };
  }

  describe(taskId: string, set: Record<string, string | undefined> = {}): ReturnType<TestGateway["send"]> {
    return this.send("DescribeTask", { path: `/api/v1/tasks/${taskId}`, set });
  }

  list(query: Record<string, string> = {}): { status: number; code: string | undefined; data: Listing } {
    const { status, code, body } = this.send("DescribeTasks", {
      path: "/api/v1/tasks",
      query: Object.entries(query),
    });
    return { status, code, data: body["Data"] as Listing };
  }

  signed(
    action: string,
    of: Partial<ApiRequest> & {
      readonly key?: EmulatorKey;
      readonly set?: Record<string, string | undefined>;
    },
  ): ApiRequest {
    const { method = "GET", path = "/", query = [], body = new Uint8Array(), key = KEY } = of;
    const payloadSha256 = sha256Hex(body);
    const all: Record<string, string | undefined> = {
      host: HOST,
      "x-acs-action": action,
      "x-acs-version": "2023-08-08",
      "x-acs-date": this.date(),
      "x-acs-signature-nonce": this.nonce(),
      "x-acs-content-sha256": payloadSha256,
      ...(key.securityToken === undefined ? {} : { "x-acs-security-token": key.securityToken }),
      ...of.set,
    };
    const headers = Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    headers["authorization"] ??= authorization(
      { method, path, query, headers, payloadSha256 },
      key.accessKeyId,
      key.accessKeySecret,
    );
    if (headers["authorization"] === "none") {
      delete headers["authorization"];
    }
    return { method, path, query, headers, body };
  }
}

export interface Listing {
  readonly Content: readonly { readonly TaskId: string; readonly TaskStatus: string }[];
  readonly MaxResults: number;
  readonly NextToken: string;
  readonly TotalCount?: number;
}
