// Adapters know nothing below this folder but values and the policy.
export { IsolatedEmitter } from "../async/safe-emitter.ts";
