// Adapters know nothing below this folder but values and the policy.
export { boundedCall } from "../async/timed-call.ts";
