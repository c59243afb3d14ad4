import type { HttpRequest } from "../../apis/format/task-api.ts";
import type { AccessPolicy } from "../access/access-policy.ts";
import {
  type Authentication,
  authenticate,
  CLOCK_WINDOW_MS,
  callerOfBearer,
} from "../access/authentication.ts";
import type { KeyRing } from "../access/key-ring.ts";
import { NonceMemory } from "../access/nonce-memory.ts";
import type { QuotaLimiter } from "../access/quota.ts";
import { type Answer, errorAnswer } from "../protocol/answer.ts";
import { type ApiRequest, header } from "../protocol/api-request.ts";
import { refuse } from "../protocol/refusal.ts";
import { type Asked, type Handled, once, type Service } from "../service/service.ts";
import { type ApiCall, isPrefixed } from "./api-route.ts";
import { jsonAnswer } from "./json-answer.ts";
import { listingPage } from "./listing-page.ts";
import { type ApiWorld, ServedApi } from "./served-api.ts";

/** What stands behind the declared APIs. */
export interface ApiParts extends ApiWorld {
  readonly keys: KeyRing;
  readonly quota: QuotaLimiter;
  /** The access policy of this moment. */
  readonly policy: () => AccessPolicy;
  /** Whether a `Host` header is one of ours. */
  readonly knowsHost: (host: string) => boolean;
  /** Answers what is for no declared API. */
  readonly others: Service;
}

interface Found {
  readonly api: ServedApi;
  readonly call: ApiCall;
}

/** Answers for declared APIs from their own examples, after the checks of a gateway, and hands on all other requests. */
export class ApiService implements Service {
  readonly #apis: readonly ServedApi[];
  readonly #parts: ApiParts;
  readonly #nonces = new NonceMemory(CLOCK_WINDOW_MS);

  /** @throws `InvalidOptionError` for a declaration that can't be used. */
  constructor(declarations: readonly unknown[], parts: ApiParts) {
    this.#parts = parts;
    const apis = declarations.map((declaration) => new ServedApi(declaration, parts));
    // One whose ids are URLs takes any path, so it comes last.
    this.#apis = [...apis.filter((api) => !api.takesAnyPath), ...apis.filter((api) => api.takesAnyPath)];
    for (const { name, limits } of apis) {
      if (limits !== undefined) {
        parts.quota.document(name, limits);
      }
    }
  }

  asked(request: ApiRequest): Asked {
    const found = this.#find(request);
    if (found === undefined) {
      return this.#parts.others.asked(request);
    }
    const { api, call } = found;
    const [taskId, ...more] = (call.kind === "describe" ? call.taskIds : undefined) ?? [];
    return { api: api.name, ...(taskId === undefined || more.length > 0 ? {} : { taskId }) };
  }

  handle(request: ApiRequest, nowMs: number): Handled {
    const found = this.#find(request);
    return found === undefined
      ? this.#parts.others.handle(request, nowMs)
      : this.#answer(found, request, nowMs);
  }

  #find(request: ApiRequest): Found | undefined {
    const named = this.#apis.filter(({ name }) => isPrefixed(request, name));
    for (const api of [...named, ...this.#apis]) {
      const call = api.route(request);
      if (call !== undefined) {
        return { api, call };
      }
    }
    return undefined;
  }

  #answer({ api, call }: Found, request: ApiRequest, nowMs: number): Handled {
    const { quota, policy, knowsHost } = this.#parts;
    const host = header(request, "host") ?? "";
    if (!knowsHost(host)) {
      return refused(errorAnswer(refuse("InvalidProduct.NotFound"), host));
    }
    const caller = this.#caller(api, request, nowMs);
    const known = caller.accessKeyId === undefined ? {} : { accessKeyId: caller.accessKeyId };
    if (caller.kind === "refused") {
      const { style } = api.compiled.api.request;
      return refused(style === "http" ? api.error("denied") : errorAnswer(caller.refusal, host), known);
    }
    if (policy().denied.includes(api.name)) {
      return refused(api.error("denied"), known);
    }
    const { accountId } = caller;
    const throttled = quota.enter(accountId, api.name, nowMs);
    if (throttled !== undefined) {
      return refused(api.error("throttled", throttled.retryAfterMs), known);
    }
    return {
      answer: this.#perform(api, call, request, nowMs),
      ...known,
      leave: once(() => quota.leave(accountId, api.name)),
    };
  }

  #perform(api: ServedApi, call: ApiCall, request: ApiRequest, nowMs: number): Answer {
    return call.kind === "describe"
      ? api.show(call.taskIds, nowMs)
      : jsonAnswer(200, listingPage(api.compiled, this.#parts.world, request, nowMs));
  }

  #caller(api: ServedApi, request: ApiRequest, nowMs: number): Authentication {
    const { keys } = this.#parts;
    const declared = api.compiled.api.request;
    if (declared.style !== "http") {
      return authenticate(request, { keys, nonces: this.#nonces, nowMs });
    }
    return declared.auth === undefined
      ? { kind: "caller", accountId: "anybody" }
      : callerOfBearer(keyIn(request, declared.auth), { keys, nowMs });
  }
}

/** The key that a request carries; empty when it carries none. */
function keyIn(request: ApiRequest, auth: NonNullable<HttpRequest["auth"]>): string {
  const [name, prefix] =
    "bearer" in auth ? ["authorization", "Bearer "] : [auth.header.toLowerCase(), auth.prefix ?? ""];
  const value = header(request, name) ?? "";
  return value.startsWith(prefix) ? value.slice(prefix.length) : "";
}

function refused(answer: Answer, known: { readonly accessKeyId?: string } = {}): Handled {
  return { answer, ...known, leave: () => {} };
}
