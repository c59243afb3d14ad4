import * as z from "zod/mini";
import { strictOptions } from "../../options/check-options.ts";
import { type Refusal, refuse } from "../protocol/refusal.ts";
import { type OperationName, operationName } from "../protocol/routes.ts";

/** What the caller's RAM policy forbids. */
export interface AccessPolicy {
  /** The operations that are denied; a declared API is one operation, under its name. */
  readonly denied: readonly OperationName[];
  /** Which of the two codes in use the service answers with; it is not documented for BDRC. Default `NoPermission`. */
  readonly code?: "NoPermission" | "Forbidden.RAM";
  /** Whether the answer says why, in `AccessDeniedDetail`; default true. */
  readonly detail?: boolean;
}

/**
 * Reads an {@link AccessPolicy}.
 *
 * @internal
 */
export const accessPolicy: z.ZodMiniType<AccessPolicy> = strictOptions({
  denied: z.array(operationName),
  code: z.exactOptional(z.enum(["NoPermission", "Forbidden.RAM"])),
  detail: z.exactOptional(z.boolean()),
});

/** Whether the policy forbids the operation. */
export function checkAccess(policy: AccessPolicy, action: OperationName): Refusal | undefined {
  if (!policy.denied.includes(action)) {
    return undefined;
  }
  const code = policy.code ?? "NoPermission";
  return refuse(code, {
    ...(code === "NoPermission"
      ? { message: `You are not authorized to do this operation. Action: bdrc:${action}` }
      : {}),
    ...(policy.detail === false
      ? {}
      : {
          extra: {
            AccessDeniedDetail: {
              AuthAction: `bdrc:${action}`,
              AuthPrincipalType: "SubUser",
              AuthPrincipalOwnerId: "1000000000000000",
              AuthPrincipalDisplayName: "200000000000000000",
              PolicyType: "AccountLevelIdentityBasedPolicy",
              NoPermissionType: "ImplicitDeny",
              EncodedDiagnosticMessage: "AQEAAAAA",
            },
          },
        }),
  });
}
