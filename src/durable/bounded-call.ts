// Adapters know nothing below this folder but values and the policy.
export { timedCall } from "../async/timed-call.ts";
