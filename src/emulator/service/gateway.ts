import { type AccessPolicy, checkAccess } from "../access/access-policy.ts";
import { type Authentication, authenticate, CLOCK_WINDOW_MS } from "../access/authentication.ts";
import type { KeyRing } from "../access/key-ring.ts";
import { NonceMemory } from "../access/nonce-memory.ts";
import type { QuotaLimiter } from "../access/quota.ts";
import { errorAnswer, goodAnswer } from "../protocol/answer.ts";
import { type ApiRequest, header } from "../protocol/api-request.ts";
import { type Refusal, refuse } from "../protocol/refusal.ts";
import { API_VERSION, type Call, route } from "../protocol/routes.ts";
import type { World } from "../world/world.ts";
import type { NextTokens } from "./next-token.ts";
import { type OperationStyle, perform } from "./operations.ts";
import { type Asked, type Handled, once, type Service } from "./service.ts";

/** What stands behind the gateway. */
export interface GatewayParts {
  readonly world: World;
  readonly keys: KeyRing;
  readonly quota: QuotaLimiter;
  readonly tokens: NextTokens;
  readonly style: OperationStyle;
  /** Whether a `Host` header is one of ours. */
  readonly knowsHost: (host: string) => boolean;
}

/** Takes a request through all checks, in the service's order, and on to its operation. */
export class Gateway implements Service {
  readonly #parts: GatewayParts;
  readonly #nonces = new NonceMemory(CLOCK_WINDOW_MS);
  #policy: AccessPolicy;

  constructor(parts: GatewayParts, policy: AccessPolicy) {
    this.#parts = parts;
    this.#policy = policy;
  }

  /** The access policy of this moment. */
  get policy(): AccessPolicy {
    return this.#policy;
  }

  /** Puts another access policy in place. */
  changePolicy(policy: AccessPolicy): void {
    this.#policy = policy;
  }

  asked({ method, path }: ApiRequest): Asked {
    const call = route(method, path);
    return call === undefined
      ? {}
      : { action: call.action, ...(call.action === "DescribeTask" ? { taskId: call.taskId } : {}) };
  }

  handle(request: ApiRequest, nowMs: number): Handled {
    const { world, keys, quota, tokens, style } = this.#parts;
    const host = header(request, "host") ?? "";
    const call = route(request.method, request.path);
    const asked = call?.action === "DescribeTask" ? { taskId: call.taskId } : {};
    const unrouted = this.#checkTarget(request, host, call);
    if (unrouted !== undefined || call === undefined) {
      return refused(unrouted ?? refuse("InvalidAction.NotFound"), host, asked);
    }
    const caller = authenticate(request, { keys, nonces: this.#nonces, nowMs });
    const known = { ...asked, ...accessKeyIdOf(caller) };
    if (caller.kind === "refused") {
      return refused(caller.refusal, host, known);
    }
    const { accountId } = caller;
    const refusal = checkAccess(this.#policy, call.action) ?? quota.enter(accountId, call.action, nowMs);
    if (refusal !== undefined) {
      return refused(refusal, host, known);
    }
    const leave = once(() => quota.leave(accountId, call.action));
    const result = perform(call, request, { world, tokens, style, nowMs });
    return result.kind === "refused"
      ? { ...refused(result.refusal, host, known), leave }
      : {
          answer: goodAnswer(result.data),
          ...known,
          ...(result.taskId === undefined ? {} : { taskId: result.taskId }),
          leave,
        };
  }

  #checkTarget(request: ApiRequest, host: string, call: Call | undefined): Refusal | undefined {
    return this.#parts.knowsHost(host) ? checkHeaders(request, call) : refuse("InvalidProduct.NotFound");
  }
}

/** Whether the headers name the operation and the version that the path stands for. */
function checkHeaders(request: ApiRequest, call: Call | undefined): Refusal | undefined {
  const action = header(request, "x-acs-action");
  if (call === undefined || (action !== undefined && action !== call.action)) {
    return refuse("InvalidAction.NotFound");
  }
  if (action === undefined) {
    return { httpStatus: 400, code: "MissingAction", message: "Action is mandatory for this action." };
  }
  const version = header(request, "x-acs-version");
  if (version === undefined) {
    return { httpStatus: 400, code: "MissingVersion", message: "Version is mandatory for this action." };
  }
  return version === API_VERSION ? undefined : refuse("InvalidVersion");
}

function refused(refusal: Refusal, host: string, known: { taskId?: string; accessKeyId?: string }): Handled {
  return { answer: errorAnswer(refusal, host), ...known, leave: () => {} };
}

function accessKeyIdOf(caller: Authentication): { accessKeyId?: string } {
  return caller.accessKeyId === undefined ? {} : { accessKeyId: caller.accessKeyId };
}
